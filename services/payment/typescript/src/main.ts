import { createLog, run, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startPayment } from "./start-payment.js";

await run((env) => {
  const config = parseConfig(env);
  const log = createLog({ level: config.logLevel, name: "payment" });
  return startPayment(config, { log, clock: systemClock, random: Math.random });
});
