import { createLog, run, startTelemetry, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startProvider } from "./start-provider.js";

await run(async (env, { version }) => {
  const config = parseConfig(env);
  const telemetry = await startTelemetry(config.telemetry, { name: "provider", version });
  const log = createLog({ level: config.logLevel, name: "provider", telemetry });
  return startProvider(config, { log, telemetry, clock: systemClock });
});
