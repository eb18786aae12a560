import { createLog, run, systemClock } from "@theseus/kit";
import { readConfig } from "./config.js";
import { startProvider } from "./start-provider.js";

await run((env) => {
  const config = readConfig(env);
  return startProvider(config, {
    log: createLog({ level: config.logLevel, name: "provider" }),
    clock: systemClock,
  });
});
