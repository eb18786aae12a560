import { run } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startInventory } from "./start-inventory.js";

await run((env) => startInventory(parseConfig(env)));
