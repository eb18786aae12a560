import { rmSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { runFolder } from "../../src/process/run-folder.js";
import type { Supervised } from "../../src/process/supervised.js";
import { type OwnStores, startStores } from "../../src/stores/own-stores.js";
import { keepStoreUsers, type StoreUser, type StoreUsers } from "../../src/stores/store-users.js";
import { describeHome, type Home, prepareHome } from "../../src/system/home.js";
import type { SystemWorkload } from "../../src/system/topology.js";
import { fleet } from "../fleet.js";
import { noState } from "../no-state.js";

/** The stores of three workloads as a system starts them: `ship` on Redis, `chart` and `log` on MongoDB's protocol. */
export interface FleetStores extends AsyncDisposable {
  readonly home: Home;
  /** Folder of the sockets. */
  readonly run: string;
  /** What the supervisor told. */
  readonly told: readonly string[];
  urlOf(workload: string): string;
  /** The same with the user that only reads. */
  readUrlOf(workload: string): string;
  usersOf(workload: string): Promise<StoreUsers>;
  pidOf(workload: string): number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFleetStores(): Promise<FleetStores> {
  const scratch = createScratchFolder();
  const home = describeHome(join(scratch.path, "home"));
  const run = runFolder(`stores ${home.path}`);
  const told: string[] = [];
  const processes: Supervised[] = [];
  let stores: OwnStores | undefined;
  const start = async () => {
    prepareHome(home);
    const context = { ...surroundings, home, run, report: (line: string) => told.push(line) };
    stores = await startStores(context, (each) => processes.push(each));
  };
  const stop = async () => {
    await Promise.all(processes.splice(0).map((each) => each.stop()));
  };
  await start();
  return {
    home,
    run,
    told,
    start,
    stop,
    urlOf: (workload) => stores?.access.get(workload)?.url ?? "",
    readUrlOf: (workload) => stores?.access.get(workload)?.readUrl ?? "",
    usersOf: (workload) => keepStoreUsers(join(home.secrets, "stores", `${workload}.json`), workload),
    pidOf: (workload) => processes.find(({ name }) => name === `${workload}-store`)?.status().pid ?? 0,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(run, { recursive: true, force: true });
      scratch[Symbol.dispose]();
    },
  };
}

/** The same URL for another user; for nobody when there is none. */
export function urlFor(url: string, user?: StoreUser): string {
  const credentials = user === undefined ? "" : `${user.name}:${user.password}@`;
  const found = url.replace(/\/\/[^@]+@/, `//${credentials}`);
  return user === undefined ? found.replace(/&authMechanism=[^&]*/, "") : found;
}

const surroundings = {
  env: { ...process.env, REDIS_URL: "", MONGODB_URL: "" },
  topology: { ...fleet, workloads: [workload("ship"), workload("chart"), log()] },
  state: noState,
  signal: new AbortController().signal,
};

function log(): SystemWorkload {
  return { ...workload("chart"), name: "log", store: { kind: "mongodb", database: "logs" } };
}

function workload(name: string): SystemWorkload {
  const found = fleet.workloads.find((each) => each.name === name);
  if (found === undefined) throw new Error(`the fleet has no ${name}`);
  return found;
}
