// node tools/with-store.mjs redis|mongo COMMAND… — runs a command beside a store of its own, whose URL is in REDIS_URL or
// MONGODB_URL, and ends with the command's status.
import { spawn } from "node:child_process";
import { startMongo, startRedis } from "../mesh/dist/src/runtime/index.js";

/** @type {Readonly<Record<string, readonly [string, () => ReturnType<typeof startRedis>]>>} */
const STORES = { redis: ["REDIS_URL", startRedis], mongo: ["MONGODB_URL", startMongo] };
/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM"];
const [kind = "", program, ...args] = process.argv.slice(2);

const store = STORES[kind];
if (store === undefined || program === undefined) {
  console.error("usage: node tools/with-store.mjs redis|mongo COMMAND…");
  process.exitCode = 2;
} else {
  const [variable, start] = store;
  const running = await start();
  process.exitCode = await new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: "inherit",
      env: { ...process.env, [variable]: running.url },
    });
    for (const signal of SIGNALS) process.once(signal, () => child.kill(signal));
    child.once("error", (error) => {
      console.error(`${program} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await running[Symbol.asyncDispose]();
}
