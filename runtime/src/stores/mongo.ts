import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { ProcessSpec } from "../process/child.js";
import { inheritedEnvironment } from "../process/inherited-environment.js";
import { freePort } from "../process/ports.js";
import { type DocumentStore, provisionDocumentStore } from "../provision/document-store.js";
import type { Provisioning } from "../provision/tool.js";
import { mongoHealth } from "./store-health.js";
import { type RunningStore, type StoreOptions, type StoreProcess, startStore } from "./store-process.js";

interface MongoProcessOptions {
  readonly name: string;
  readonly dir: string;
  /** The database that the URL names. */
  readonly database: string;
  readonly logFile?: string;
}

/** A store that speaks MongoDB's protocol on a loopback port that stays the same when it is started again. */
export async function mongoProcess(
  { name, dir, database, logFile }: MongoProcessOptions,
  provisioning: Provisioning,
): Promise<StoreProcess> {
  const store = await provisionDocumentStore(provisioning);
  const port = await freePort();
  const data = join(dir, store.kind);
  const config = join(dir, "secantusd.toml");
  const inherited = inheritedEnvironment(provisioning.env);
  const spec: ProcessSpec = {
    name,
    command: command(store, { port, data, config }),
    cwd: dir,
    env:
      store.kind === "mongod"
        ? inherited
        : { ...inherited, PYTHONPATH: store.packages, PYTHONUNBUFFERED: "1" },
    readyWhen: {
      line: (line) =>
        listening.test(line) ? { address: `127.0.0.1:${port}`, version: store.version } : undefined,
    },
    healthCheck: mongoHealth(port),
    readyWithinMs: 60_000,
    stopWithinMs: 15_000,
    prepare() {
      mkdirSync(data, { recursive: true, mode: 0o700 });
      // An empty file of our own: SecantusDB else takes one from the home folder.
      closeSync(openSync(config, "a", 0o600));
    },
    ...(logFile === undefined ? {} : { logFile }),
  };
  const url = `mongodb://127.0.0.1:${port}/${database}?directConnection=true&w=1&journal=true`;
  return { spec, url, engine: store.kind, version: store.version };
}

/** Starts a MongoDB-protocol store of one's own; `MONGODB_URL` is not looked at. */
export function startMongo(
  options: StoreOptions & { readonly database?: string } = {},
): Promise<RunningStore> {
  const { logFile, database = "theseus" } = options;
  return startStore(options, ({ dir }, provisioning) =>
    mongoProcess(
      { name: "mongo", dir, database, ...(logFile === undefined ? {} : { logFile }) },
      provisioning,
    ),
  );
}

const listening = /secantus listening on|Waiting for connections/;

function command(
  store: DocumentStore,
  { port, data, config }: { readonly port: number; readonly data: string; readonly config: string },
): readonly [string, ...string[]] {
  if (store.kind === "mongod") {
    return [store.file, "--bind_ip", "127.0.0.1", "--port", String(port), "--dbpath", data, "--nounixsocket"];
  }
  return [
    ...([store.python, join(store.packages, "bin", "secantusd-py")] as const),
    ...["--config", config, "--host", "127.0.0.1", "--port", String(port), "--storage-path", data],
    ...["--sync-on-commit", "--cache-size", "64M"],
  ];
}
