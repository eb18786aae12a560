// node tools/with-store.mjs redis|mongo COMMAND… — runs a command beside a store of its own, whose URL is in REDIS_URL or
// MONGODB_URL, and ends with the command's status.
import { spawn } from "node:child_process";
import { startMongo, startRedis } from "../runtime/dist/src/index.js";

const STORES = { redis: ["REDIS_URL", startRedis], mongo: ["MONGODB_URL", startMongo] };
const [kind, program, ...args] = process.argv.slice(2);

if (!Object.hasOwn(STORES, kind ?? "") || program === undefined) {
  console.error("usage: node tools/with-store.mjs redis|mongo COMMAND…");
  process.exitCode = 2;
} else {
  const [variable, start] = STORES[kind];
  const store = await start();
  process.exitCode = await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, [variable]: store.url } });
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => child.kill(signal));
    child.once("error", (error) => {
      console.error(`${program} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await store[Symbol.asyncDispose]();
}
