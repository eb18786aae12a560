import { randomBytes } from "node:crypto";
import {
  mongoContent,
  mongoDocuments,
  type RedisAccess,
  type RunningStore,
  redisContent,
  startMongo,
  startRedis,
} from "@theseus/runtime";

/** What services keep their data in. */
export type StoreKind = "redis" | "mongodb";

/** Documents by collection, as JSON has them. */
export type Documents = Readonly<Record<string, readonly unknown[]>>;

interface Store {
  /** The variable of the launch protocol that hands its URL over. */
  readonly variable: string;
  /** True when one store has many databases, named by the URL's path, that do not see each other. */
  readonly hasDatabases: boolean;
  /** With its data in a folder that stays, or nowhere in particular. */
  start(access?: RedisAccess, dir?: string): Promise<RunningStore>;
  /** A text that is another one when what the store at a URL holds is. */
  content(url: string): Promise<string>;
  /** All that the store at a URL holds, by collection; absent where it holds no documents. */
  readonly documents?: (url: string) => Promise<Documents>;
}

export const STORES: Readonly<Record<StoreKind, Store>> = {
  redis: {
    variable: "REDIS_URL",
    hasDatabases: false,
    start: (access, dir) => startRedis({ ...(access && { access }), ...(dir !== undefined && { dir }) }),
    content: redisContent,
  },
  mongodb: {
    variable: "MONGODB_URL",
    hasDatabases: true,
    start: (_access, dir) => startMongo(dir === undefined ? {} : { dir }),
    content: mongoContent,
    documents: mongoDocuments,
  },
};

/** The URL as it is but for the port, or the socket, at which nobody listens. */
export function nobodyAt(url: string): string {
  const away = new URL(url);
  if (away.protocol === "unix:") away.pathname += ".away";
  else away.port = "1";
  return away.href;
}

/** Another database of the same store. */
export function otherDatabase(url: string): string {
  const other = new URL(url);
  other.pathname = `/own-${randomBytes(6).toString("hex")}`;
  return other.href;
}
