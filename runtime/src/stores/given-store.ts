import { Fault } from "../fault.js";
import type { StoreDefinition } from "../system/topology.js";

/** The URL of a store that the environment gives instead of one that would be started. */
export function givenStore(store: StoreDefinition, env: NodeJS.ProcessEnv): string | undefined {
  switch (store.kind) {
    case "none":
      return undefined;
    case "redis":
      return env.REDIS_URL || undefined;
    case "mongodb":
      return env.MONGODB_URL ? withDatabase(env.MONGODB_URL, store.database) : undefined;
    default:
      return store satisfies never;
  }
}

/** The same server with another database. */
function withDatabase(url: string, database: string): string {
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
