// node tools/steps/with-store.mjs SERVICE COMMAND… — runs a command beside a store of the kind that a service keeps its data in,
// whose URL is in the variable of the launch protocol, and ends with the command's status.
import { spawn } from "node:child_process";
import { startMongo, startRedis } from "../../runtime/dist/src/index.js";
import { topology } from "../../shop/dist/src/topology.js";

/** @type {Readonly<Record<string, () => ReturnType<typeof startRedis>>>} */
const STORES = { redis: startRedis, mongodb: startMongo };
/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM"];
const [service, program, ...args] = process.argv.slice(2);

const workload = topology.workloads.find(({ name }) => name === service);
const start = STORES[workload?.store.kind ?? "none"];
if (workload === undefined || start === undefined || program === undefined) {
  const services = topology.workloads.filter(({ store }) => store.kind in STORES).map(({ name }) => name);
  console.error(`usage: node tools/steps/with-store.mjs ${services.join("|")} COMMAND…`);
  process.exitCode = 2;
} else {
  const store = await start();
  const filled = Object.entries(workload.variables).filter(([, { from }]) => from === "store");
  const urls = Object.fromEntries(filled.map(([name]) => [name, store.url]));
  process.exitCode = await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...urls } });
    for (const signal of SIGNALS) process.once(signal, () => child.kill(signal));
    child.once("error", (error) => {
      console.error(`${program} cannot be run: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
  await store[Symbol.asyncDispose]();
}
