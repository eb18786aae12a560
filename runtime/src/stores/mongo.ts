import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import { freePort, portOf } from "../process/ports.js";
import type { ProcessSpec } from "../process/process-spec.js";
import type { StateFile } from "../process/state-file.js";
import { type DocumentStore, provisionDocumentStore } from "../provision/document-store.js";
import type { Provisioning } from "../provision/tool.js";
import { type CommandOptions, toCommand } from "./mongo-command.js";
import { mongoUrl } from "./mongo-url.js";
import { ensureUsers, type MongoRoles, rolesIn } from "./mongo-users.js";
import { mongoHealth } from "./store-health.js";
import { type RunningStore, type StoreOptions, type StoreProcess, startStore } from "./store-process.js";
import type { StoreUser, StoreUsers } from "./store-users.js";

interface MongoProcessOptions {
  readonly name: string;
  readonly dir: string;
  /** The database that the URL names. */
  readonly database: string;
  readonly users: StoreUsers;
  /** Default: what a service does with its database. */
  readonly roles?: MongoRoles;
  /** Where a process is written down that makes the users. */
  readonly state?: Pick<StateFile, "add" | "remove" | "left">;
  readonly logFile?: string;
}

/** A store that speaks MongoDB's protocol, for its users alone, on a loopback port that stays the same when it is started again. */
export async function mongoProcess(
  { name, dir, database, users, state, logFile, ...options }: MongoProcessOptions,
  provisioning: Provisioning,
): Promise<StoreProcess> {
  const store = await provisionDocumentStore(provisioning);
  // One that an earlier supervisor left is where it was.
  const port = portOf(state?.left(name)?.serving?.address) ?? (await freePort());
  const data = join(dir, store.kind);
  const config = join(dir, "secantusd.toml");
  const urlFor = (user: StoreUser, path: string) => mongoUrl(user, `127.0.0.1:${port}`, path);
  const toSpec = (access: CommandOptions["access"]): ProcessSpec => ({
    name,
    command: toCommand(store, { port, data, config, access }),
    cwd: dir,
    env: environment(store, provisioning),
    readyWhen: {
      line: (line) =>
        listening.test(line) ? { address: `127.0.0.1:${port}`, version: store.version } : undefined,
    },
    readyWithinMs: 60_000,
    stopWithinMs: 15_000,
    ...(logFile === undefined ? {} : { logFile }),
  });
  const { roles = rolesIn(database) } = options;
  const spec: ProcessSpec = {
    ...toSpec("users"),
    healthCheck: mongoHealth(urlFor(users.supervisor, "")),
    async prepare() {
      mkdirSync(data, { recursive: true, mode: 0o700 });
      chmodSync(data, 0o700);
      // An empty file of our own: SecantusDB else takes one from the home folder.
      closeSync(openSync(config, "a", 0o600));
      await ensureUsers({ users, roles, data, port, toSpec, state });
    },
  };
  return {
    spec,
    url: urlFor(users.service, database),
    readUrl: urlFor(users.reader, database),
    engine: store.kind,
    version: store.version,
  };
}

function environment(store: DocumentStore, { env }: Provisioning): Record<string, string> {
  const inherited = inheritedEnvironment(env);
  return store.kind === "mongod"
    ? inherited
    : { ...inherited, PYTHONPATH: store.packages, PYTHONUNBUFFERED: "1" };
}

const listening = /secantus listening on|Waiting for connections/;

/** Starts a MongoDB-protocol store of one's own; `MONGODB_URL` is not looked at. The URL's user may use any database of it. */
export function startMongo(
  options: StoreOptions & { readonly database?: string } = {},
): Promise<RunningStore> {
  const { database = "theseus" } = options;
  const anyDatabase = (...names: readonly string[]) => names.map((role) => ({ role, db: "admin" }));
  const roles = {
    service: anyDatabase("readWriteAnyDatabase", "dbAdminAnyDatabase"),
    reader: anyDatabase("readAnyDatabase"),
  };
  return startStore(options, ({ socketFolder: _, ...place }, provisioning) =>
    mongoProcess({ name: "mongo", ...place, database, roles }, provisioning),
  );
}
