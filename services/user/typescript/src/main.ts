import { createLog, run, startTelemetry, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startUser } from "./start-user.js";

await run(async (env, { version }) => {
  const config = parseConfig(env);
  const telemetry = await startTelemetry(config.telemetry, { name: "user", version });
  const log = createLog({ level: config.logLevel, name: "user", telemetry });
  return startUser(config, { log, telemetry, clock: systemClock });
});
