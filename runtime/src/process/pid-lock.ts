import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { processIdentity } from "./process-identity.js";

/** How long a lock may be empty, or a takeover last, before the process that made it counts as dead. */
const graceMs = 5_000;

export type LockAttempt =
  | { readonly held: true; release(): void }
  | {
      readonly held: false;
      /** Pid of the owner; undefined in the moment in which the lock changes hands. */
      readonly owner: number | undefined;
    };

/** Takes a lock file that belongs to a living process; one that a dead process left is taken over. */
export function tryLock(path: string): LockAttempt {
  if (create(path)) return { held: true, release: () => rmSync(path, { force: true }) };
  const owner = livingOwner(path);
  if (owner !== "dead") return { held: false, owner };
  removeDead(path);
  return create(path)
    ? { held: true, release: () => rmSync(path, { force: true }) }
    : { held: false, owner: undefined };
}

function create(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${processIdentity(process.pid) ?? ""}`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function livingOwner(path: string): number | undefined | "dead" {
  try {
    const [pid = "", ...identity] = readFileSync(path, "utf8").split(" ");
    if (pid === "") return Date.now() - statSync(path).mtimeMs < graceMs ? undefined : "dead";
    return processIdentity(Number(pid)) === identity.join(" ") ? Number(pid) : "dead";
  } catch {
    return undefined;
  }
}

/** Two processes may find the same dead owner: only the one that makes the guard folder removes its lock. */
function removeDead(path: string): void {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    try {
      if (Date.now() - statSync(guard).mtimeMs > graceMs) rmdirSync(guard);
    } catch {
      // gone already
    }
    return;
  }
  try {
    if (livingOwner(path) === "dead") rmSync(path, { force: true });
  } finally {
    rmdirSync(guard);
  }
}
