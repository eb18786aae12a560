import { randomBytes } from "node:crypto";
import type { StoreUsers } from "../../src/stores/store-users.js";

/** Users of a store that only this test knows. */
export function someUsers(service = "fleet"): StoreUsers {
  const user = (name: string) => ({ name, password: randomBytes(16).toString("hex") });
  return { service: user(service), reader: user(`${service}-reader`), supervisor: user("supervisor") };
}
