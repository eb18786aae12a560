import { createLog, run, systemClock } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startUser } from "./start-user.js";

await run((env) => {
  const config = parseConfig(env);
  const log = createLog({ level: config.logLevel, name: "user" });
  return startUser(config, { log, clock: systemClock });
});
