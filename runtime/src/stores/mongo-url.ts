import type { StoreUser } from "./store-users.js";

/** How a user reaches a database of one MongoDB at `host:port`; an empty name is none in particular. */
export function mongoUrl({ name, password }: StoreUser, at: string, database: string): string {
  return `mongodb://${name}:${password}@${at}/${database}?authSource=admin&authMechanism=SCRAM-SHA-256&directConnection=true&w=1&journal=true`;
}
