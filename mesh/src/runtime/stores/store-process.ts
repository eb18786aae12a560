import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, type ProcessSpec } from "../process/child.js";
import type { Provisioning } from "../provision/tool.js";

/** A store process and where its clients find it. */
export interface StoreProcess {
  readonly spec: ProcessSpec;
  readonly url: string;
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
  readonly pid: number;
  readonly version: string;
  /** kill -9: what a crash leaves is in `dir`. */
  kill(): Promise<void>;
}

export async function startStore(
  options: StoreOptions,
  describe: (dir: string, provisioning: Provisioning) => Promise<StoreProcess>,
): Promise<RunningStore> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "theseus-store-"));
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const provisioning = { env: options.env ?? process.env, report: options.report ?? (() => undefined) };
  const { spec, url, version } = await describe(dir, provisioning);
  const child = await launch(spec);
  return {
    url,
    version,
    pid: child.pid,
    async kill() {
      await child.kill();
    },
    async [Symbol.asyncDispose]() {
      await child.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}
