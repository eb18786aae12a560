import { createLog, run, startTelemetry, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startPayment } from "./start-payment.js";

await run(async (env, { version }) => {
  const config = parseConfig(env);
  const telemetry = await startTelemetry(config.telemetry, { name: "payment", version });
  const log = createLog({ level: config.logLevel, name: "payment", telemetry });
  return startPayment(config, { log, telemetry, clock: systemClock, random: Math.random });
});
