import { readFile } from "node:fs/promises";
import {
  mongoUrl,
  putUser,
  rolesIn,
  type StoreUsers,
  type SystemWorkload,
  withMongo,
} from "@theseus/runtime/system";

interface StoreAccess {
  /** File of the users' passwords, as the control plane writes it. */
  readonly users: string;
  /** `host:port` of the store, which must be its own loopback the first time. */
  readonly at: string;
}

/**
 * Makes the users of a MongoDB exist: the service's and its reader's with its own database alone, and one that makes users. A store
 * without users lets this one be made by whoever comes from loopback.
 */
export async function makeStoreUsers(
  { store, name }: SystemWorkload,
  { users: file, at }: StoreAccess,
): Promise<void> {
  if (store.kind !== "mongodb") throw new Error(`the store of ${name} reads its users from a file`);
  const { service, reader, supervisor } = JSON.parse(await readFile(file, "utf8")) as StoreUsers;
  const administrator = mongoUrl(supervisor, at, "");
  const roles = rolesIn(store.database);
  const makeService = () =>
    withMongo(administrator, { timeoutMs }, async (client) => {
      await putUser(client.db("admin"), service, roles.service);
      await putUser(client.db("admin"), reader, roles.reader);
    });
  try {
    await makeService();
  } catch (error) {
    if (!isNotLetIn(error)) throw error;
    await makeFirst(supervisor, at);
    await makeService();
  }
}

/** Until there is a user, a store lets whoever comes from its own loopback do this, and nothing else. */
async function makeFirst({ name, password }: StoreUsers["supervisor"], at: string): Promise<void> {
  const roles = [{ role: "userAdminAnyDatabase", db: "admin" }];
  await withMongo(`mongodb://${at}/?directConnection=true`, { timeoutMs }, (client) =>
    client.db("admin").command({ createUser: name, pwd: password, roles, mechanisms: ["SCRAM-SHA-256"] }),
  );
}

/** Milliseconds, for each answer. */
const timeoutMs = 10_000;

/** AuthenticationFailed: there is no such user yet, or it has another password. */
function isNotLetIn(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 18;
}
