import { join } from "node:path";
import type { World } from "../../src/run/world.js";
import { writeSigningKeys } from "./signing-keys.js";

/** User calls nobody; it signs with keys that are handed over. */
export const world: World = {
  store: "mongodb",
  variables: { read: "ListUsers", reader: "admin root" },
  // Lists tell all users that there are: a case with hundreds of them has them for itself.
  ownDatabases: true,
  async open(folder) {
    const keys = join(folder, "keys.json");
    writeSigningKeys(keys);
    return {
      // The cost of passwords is no clause: a low one makes cases quick. Those about the work of hashing set their own.
      environment: () => ({ SIGNING_KEYS: keys, PASSWORD_COST: "12" }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
};
