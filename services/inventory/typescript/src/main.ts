import { createLog, run, startTelemetry } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startInventory } from "./start-inventory.js";

await run(async (env, { version }) => {
  const config = parseConfig(env);
  const telemetry = await startTelemetry(config.telemetry, { name: "inventory", version });
  const log = createLog({ level: config.logLevel, name: "inventory", telemetry });
  return startInventory(config, { log, telemetry, random: Math.random });
});
