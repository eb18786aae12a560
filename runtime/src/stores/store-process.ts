import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsyncDisposableStack } from "@theseus/kit";
import { launch } from "../process/child.js";
import type { Child, ProcessSpec } from "../process/process-spec.js";
import { runFolder } from "../process/run-folder.js";
import type { Provisioning } from "../provision/tool.js";
import { keepStoreUsers, type StoreUsers } from "./store-users.js";

/** A store process and where its clients find it. */
export interface StoreProcess {
  readonly spec: ProcessSpec;
  /** With the name and the password of its service's user. */
  readonly url: string;
  /** The same with the user that only reads. */
  readonly readUrl: string;
  /** What runs: `redis`, `valkey`, `mongod`, `secantusdb`. */
  readonly engine: string;
  readonly version: string;
}

export interface StoreOptions extends Partial<Provisioning> {
  /** Where its data is and stays. Absent: a temporary folder that goes when the store is disposed of. */
  readonly dir?: string;
  /** Its output as JSON lines. Absent: nowhere. */
  readonly logFile?: string;
}

/** A store of one's own: real, durable, gone with the disposal (its data stays when `dir` was given). */
export interface RunningStore extends AsyncDisposable {
  readonly url: string;
  /** The same with a user that only reads. */
  readonly readUrl: string;
  readonly pid: number;
  readonly version: string;
  /** kill -9: what a crash leaves is in `dir`. */
  kill(): Promise<void>;
}

interface StorePlace {
  readonly dir: string;
  /** Short and private, the same for the same `dir`; gone with the store. */
  readonly socketFolder: string;
  readonly users: StoreUsers;
  readonly logFile?: string;
}

const running = new Set<Child>();

/** A test run that ends without disposing of its stores must not leave them behind. */
function endWithThisProcess(child: Child): void {
  if (running.size === 0) process.once("exit", killAll);
  running.add(child);
}

function killAll(): void {
  for (const child of running) child.kill();
}

export async function startStore(
  options: StoreOptions,
  describe: (place: StorePlace, provisioning: Provisioning) => Promise<StoreProcess>,
): Promise<RunningStore> {
  await using opened = new AsyncDisposableStack();
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "theseus-store-"));
  if (options.dir === undefined) opened.defer(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const socketFolder = runFolder(`store ${dir}`);
  opened.defer(() => rmSync(socketFolder, { recursive: true, force: true }));
  const provisioning = { env: options.env ?? process.env, report: options.report ?? (() => undefined) };
  const users = await keepStoreUsers(join(dir, "users.json"), "owner");
  const { logFile } = options;
  const place = { dir, socketFolder, users, ...(logFile === undefined ? {} : { logFile }) };
  const { spec, url, readUrl, version } = await describe(place, provisioning);
  const child = await launch(spec);
  endWithThisProcess(child);
  const kill = async () => {
    await child.kill();
    running.delete(child);
    if (running.size === 0) process.off("exit", killAll);
    rmSync(socketFolder, { recursive: true, force: true });
  };
  const folders = opened.move();
  return {
    url,
    readUrl,
    version,
    pid: child.pid,
    kill,
    async [Symbol.asyncDispose]() {
      if (options.dir !== undefined) await child.stop();
      // Where no data stays, nobody will read what an orderly end would write.
      await kill();
      await folders[Symbol.asyncDispose]();
    },
  };
}
