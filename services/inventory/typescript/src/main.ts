import { createLog, run } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startInventory } from "./start-inventory.js";

await run((env) => {
  const config = parseConfig(env);
  const log = createLog({ level: config.logLevel, name: "inventory" });
  return startInventory(config, { log, random: Math.random });
});
