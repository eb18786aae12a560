import { createLog, run } from "@theseus/kit";
import { parseConfig } from "./config.js";
import { startUser } from "./start-user.js";

await run(async (env) => {
  const { logLevel, ...config } = parseConfig(env);
  return startUser({ ...config, log: createLog({ level: logLevel, name: "user" }) });
});
