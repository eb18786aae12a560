import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLoopbackIdentity } from "@theseus/mesh/identity";
import type { Db } from "mongodb";
import { launch } from "../process/child.js";
import type { ProcessSpec } from "../process/process-spec.js";
import type { StateFile } from "../process/state-file.js";
import { withMongo } from "./mongo-client.js";
import { healthDatabase } from "./store-health.js";
import type { StoreUser, StoreUsers } from "./store-users.js";

export interface MongoRole {
  readonly role: string;
  readonly db: string;
}

/** What the users of a service's data may do. */
export interface MongoRoles {
  readonly service: readonly MongoRole[];
  readonly reader: readonly MongoRole[];
}

/** All that a service does with its own database, and what its reader does. */
export function rolesIn(db: string): MongoRoles {
  return { service: [{ role: "readWrite", db }], reader: [{ role: "read", db }] };
}

/** Files in PEM for mutual TLS; each side shows the same certificate. */
export interface TlsFiles {
  /** Private key and certificate. */
  readonly identity: string;
  readonly authority: string;
}

interface EnsureUsers {
  readonly users: StoreUsers;
  readonly roles: MongoRoles;
  /** Folder of the store's data. */
  readonly data: string;
  readonly port: number;
  /** The store as it runs without users, for whoever has the certificate. */
  toSpec(files: TlsFiles): ProcessSpec;
  /** Where the process is written down while it runs. */
  readonly state?: Pick<StateFile, "add" | "remove"> | undefined;
}

/**
 * Makes the users exist in the store's data. A store without users lets anybody in who reaches its port, so that it runs
 * for this with mutual TLS, and with a certificate that exists only meanwhile.
 */
export async function ensureUsers(options: EnsureUsers): Promise<void> {
  const { users, roles, data } = options;
  const mark = join(data, "theseus-users");
  const wanted = createHash("sha256").update(JSON.stringify({ users, roles })).digest("hex");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  await whileOpen(options, async (admin) => {
    await putUser(admin, users.service, roles.service);
    await putUser(admin, users.reader, roles.reader);
    await putUser(admin, users.supervisor, [{ role: "readWrite", db: healthDatabase }]);
  });
  writeFileSync(mark, wanted, { mode: 0o600 });
}

/** Makes a user, or gives one that exists this password and these rights. */
export async function putUser(
  admin: Db,
  { name, password }: StoreUser,
  roles: readonly MongoRole[],
): Promise<void> {
  const { users } = await admin.command({ usersInfo: name });
  const command = users.length === 0 ? { createUser: name } : { updateUser: name };
  await admin.command({ ...command, pwd: password, roles, mechanisms: ["SCRAM-SHA-256"] });
}

async function whileOpen(
  { data, port, toSpec, state }: EnsureUsers,
  run: (admin: Db) => Promise<void>,
): Promise<void> {
  const files = { identity: join(data, "theseus-identity.pem"), authority: join(data, "theseus-ca.pem") };
  const { certificate, privateKey, trustBundle } = await createLoopbackIdentity();
  writeFileSync(files.identity, privateKey + certificate, { mode: 0o600 });
  writeFileSync(files.authority, trustBundle, { mode: 0o600 });
  const spec = toSpec(files);
  try {
    const child = await launch(spec, { onSpawn: (pid) => state?.add(spec.name, pid) });
    try {
      const tls = { tls: true, tlsCAFile: files.authority, tlsCertificateKeyFile: files.identity };
      const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
      await withMongo(url, { ...tls, timeoutMs: 10_000 }, (client) => run(client.db("admin")));
    } finally {
      // What it has acknowledged is on the disk.
      await child.kill();
      state?.remove(child.pid);
    }
  } finally {
    for (const file of Object.values(files)) rmSync(file, { force: true });
  }
}
