import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, toFault } from "../fault.js";
import { type LockAttempt, tryLock } from "../process/pid-lock.js";

export type Report = (line: string) => void;

/** Where downloads are kept: THESEUS_CACHE, else the user's own cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const folder = env.THESEUS_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "theseus");
  if (!isAbsolute(folder)) {
    throw new Fault(
      `The cache folder ${folder} is not an absolute path.`,
      "Set THESEUS_CACHE to an absolute path.",
    );
  }
  return folder;
}

const underWay = new Map<string, Promise<string>>();

/**
 * Makes the folder `name` in the cache once, whoever else tries at the same time, in this process or another. `build`
 * fills a stage, which then gets its name by one rename: a folder under its name is always whole.
 */
export function installOnce(
  cache: string,
  name: string,
  report: Report,
  build: (stage: string) => Promise<void>,
): Promise<string> {
  const target = join(cache, name);
  if (existsSync(target)) return Promise.resolve(target);
  const running = underWay.get(target);
  if (running !== undefined) return running;
  const started = install({ cache, name, target }, report, build).finally(() => underWay.delete(target));
  underWay.set(target, started);
  return started;
}

async function install(
  { cache, name, target }: { readonly cache: string; readonly name: string; readonly target: string },
  report: Report,
  build: (stage: string) => Promise<void>,
): Promise<string> {
  const stage = `${target}.${process.pid}.part`;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    const lock = await acquire(`${target}.lock`, name, report);
    try {
      if (existsSync(target)) return target;
      mkdirSync(stage, { mode: 0o700 });
      await build(stage);
      publish(stage, target);
      return target;
    } finally {
      rmSync(stage, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    throw toFault(error, `Installing ${name} into ${cache} failed`);
  }
}

function publish(stage: string, target: string): void {
  try {
    renameSync(stage, target);
  } catch (error) {
    // The lock only saves work: when two build at once, the folder of the first is as good.
    if (!existsSync(target)) throw error;
  }
}

async function acquire(
  path: string,
  name: string,
  report: Report,
): Promise<Extract<LockAttempt, { held: true }>> {
  let waiting = false;
  for (;;) {
    const attempt = tryLock(path);
    if (attempt.held) return attempt;
    if (!waiting) report(`waiting for process ${attempt.owner ?? "?"}, which is installing ${name}`);
    waiting = true;
    await sleep(200);
  }
}
