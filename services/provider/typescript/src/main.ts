import { createLog, run, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startProvider } from "./start-provider.js";

await run((env) => {
  const config = parseConfig(env);
  const log = createLog({ level: config.logLevel, name: "provider" });
  return startProvider(config, { log, clock: systemClock });
});
