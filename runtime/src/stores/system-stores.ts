import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../fault.js";
import type { Supervised } from "../process/supervised.js";
import type { Provisioning } from "../provision/tool.js";
import { type ShopContext, superviseIn } from "../supervisor/context.js";
import { mongoProcess } from "./mongo.js";
import { redisProcess } from "./redis.js";
import type { StoreProcess } from "./store-process.js";

export interface ShopStores {
  /** What runs in which process, by process name. */
  readonly engines: ReadonlyMap<string, string>;
  /** Each service's own store, as the launch protocol hands it over. */
  readonly variables: Readonly<Record<"user" | "inventory" | "payment", Readonly<Record<string, string>>>>;
}

/** Each service owns a store of its own; a URL in the environment replaces those that would be started. */
export async function startStores(
  context: ShopContext,
  onStarted: (process: Supervised) => void,
): Promise<ShopStores> {
  const { env } = context;
  const own = async (service: string, given: string | undefined, describe: Describe): Promise<OwnStore> => {
    if (given !== undefined && given !== "") return { url: given };
    const { spec, url, engine } = await describeStore(context, service, describe);
    const supervised = await superviseIn(context, spec);
    onStarted(supervised);
    return { url, process: { supervised, engine } };
  };
  const [inventory, user, payment] = await settled([
    own("inventory", env.REDIS_URL, redisStore(context.run)),
    own("user", forService(env.MONGODB_URL, "theseus_user"), mongoStore("theseus_user")),
    own("payment", forService(env.MONGODB_URL, "theseus_payment"), mongoStore("theseus_payment")),
  ]);
  const all = [inventory, user, payment].flatMap(({ process }) => (process === undefined ? [] : [process]));
  return {
    engines: new Map(all.map(({ supervised, engine }) => [supervised.name, engine])),
    variables: {
      inventory: { REDIS_URL: inventory.url },
      user: { MONGODB_URL: user.url },
      payment: { MONGODB_URL: payment.url },
    },
  };
}

type Describe = (
  options: { name: string; dir: string; logFile: string },
  p: Provisioning,
) => Promise<StoreProcess>;

interface OwnStore {
  readonly url: string;
  readonly process?: { readonly supervised: Supervised; readonly engine: string };
}

function describeStore(context: ShopContext, service: string, describe: Describe): Promise<StoreProcess> {
  const { home, env, report, signal } = context;
  const name = `${service}-store`;
  const dir = join(home.data, service);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return describe({ name, dir, logFile: join(home.logs, `${name}.log`) }, { env, report, signal });
}

function redisStore(run: string): Describe {
  return (options, provisioning) => {
    const socketFolder = join(run, options.name);
    mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
    return redisProcess({ ...options, socketFolder }, provisioning);
  };
}

function mongoStore(database: string): Describe {
  return (options, provisioning) => mongoProcess({ ...options, database }, provisioning);
}

/** The same server with a database of the service's own. */
function forService(url: string | undefined, database: string): string | undefined {
  if (url === undefined || url === "") return undefined;
  // Not `new URL`: a list of hosts is allowed here.
  const [, servers, query = ""] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(url) ?? [];
  if (servers === undefined) {
    throw new Fault(
      "MONGODB_URL is not a mongodb:// URL.",
      "Give one such as mongodb://127.0.0.1:27017, or unset it.",
    );
  }
  return `${servers}/${database}${query}`;
}

/** Like Promise.all, but waits for every one before it rejects: nothing may still be starting when the end begins. */
export async function settled<T extends readonly unknown[]>(
  promises: {
    readonly [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return Promise.all(promises) as unknown as Promise<T>;
}
