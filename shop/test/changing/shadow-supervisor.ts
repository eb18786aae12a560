// Opens a shop in the folder that it is given, begins to compare its inventory with itself, and says so.
import { join } from "node:path";
import { startShadow } from "@theseus/runtime/shadow";
import { checkout } from "../system/shop.js";
import { startCandidate } from "./candidate.js";
import { openShop } from "./open-shop.js";

const { instances } = await openShop(process.argv[2]);
const folder = join(checkout, "services/inventory/typescript");
const pair = await startCandidate(instances, "inventory", folder);
await startShadow(instances, { service: "inventory", ...pair });
process.stdout.write("shadowing\n");
