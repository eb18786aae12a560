import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { settled } from "../process/settled.js";
import type { Supervised } from "../process/supervised.js";
import type { Provisioning } from "../provision/tool.js";
import { type SystemContext, superviseIn } from "../system/context.js";
import type { StoreDefinition, SystemWorkload } from "../system/topology.js";
import { givenStore } from "./given-store.js";
import { mongoProcess } from "./mongo.js";
import { redisProcess } from "./redis.js";
import type { StoreProcess } from "./store-process.js";
import { keepStoreUsers } from "./store-users.js";

/** The stores of a system: one for each workload that keeps something. */
export interface OwnStores {
  /** What runs in which process, by process name. */
  readonly engines: ReadonlyMap<string, string>;
  /** How each workload gets at its store, by workload. */
  readonly access: ReadonlyMap<string, StoreAccess>;
}

/** The URLs of a store for its service. */
export interface StoreAccess {
  /** For an instance that acts. */
  readonly url: string;
  /** For one in standby: its user only reads. The same as the other where the store is not the runtime's own. */
  readonly readUrl: string;
}

type StoresContext = Pick<SystemContext, "home" | "run" | "env" | "topology" | "state" | "report" | "signal">;

/** Starts them; a URL in the environment replaces those that would be started. */
export async function startStores(
  context: StoresContext,
  onStarted: (process: Supervised) => void,
): Promise<OwnStores> {
  const engines = new Map<string, string>();
  const access = new Map<string, StoreAccess>();
  await settled(
    context.topology.workloads.map(async (workload) => {
      if (workload.store.kind === "none") return;
      const given = givenStore(workload.store, context.env);
      if (given !== undefined) return void access.set(workload.name, { url: given, readUrl: given });
      const { spec, url, readUrl, engine } = await describeStore(context, workload, workload.store);
      onStarted(await superviseIn(context, spec));
      engines.set(spec.name, engine);
      access.set(workload.name, { url, readUrl });
    }),
  );
  return { engines, access };
}

async function describeStore(
  { home, run, env, state, report, signal }: StoresContext,
  workload: SystemWorkload,
  store: Exclude<StoreDefinition, { readonly kind: "none" }>,
): Promise<StoreProcess> {
  const name = `${workload.name}-store`;
  const users = await keepStoreUsers(join(home.secrets, "stores", `${workload.name}.json`), workload.name);
  const dir = join(home.data, workload.name);
  const options = { name, dir, users, logFile: join(home.logs, `${name}.log`) };
  const provisioning: Provisioning = { env, report, signal };
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  switch (store.kind) {
    case "redis": {
      const socketFolder = join(run, name);
      mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
      return redisProcess({ ...options, socketFolder, access: store }, provisioning);
    }
    case "mongodb":
      return mongoProcess({ ...options, state, database: store.database }, provisioning);
    default:
      return store satisfies never;
  }
}
