import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Fault } from "../fault.js";
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

/**
 * Takes a lock file that belongs to a living process; one that a dead process left is taken over.
 *
 * @throws Fault when something else is in its place
 */
export function tryLock(path: string): LockAttempt {
  if (create(path)) return held(path);
  const owner = livingOwner(path);
  if (owner !== "dead") return { held: false, owner };
  removeDead(path);
  return create(path) ? held(path) : { held: false, owner: undefined };
}

function held(path: string): LockAttempt {
  return { held: true, release: () => rmSync(path, { force: true }) };
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
    if (pid === "") return isOld(path) ? "dead" : undefined;
    return processIdentity(Number(pid)) === identity.join(" ") ? Number(pid) : "dead";
  } catch (error) {
    if (isGone(error)) return undefined;
    throw inTheWay(path, error);
  }
}

/** Two processes may find the same dead owner: only the one that makes the guard folder removes its lock. */
function removeDead(path: string): void {
  const guard = `${path}.takeover`;
  if (!makeGuard(guard)) return;
  try {
    if (livingOwner(path) === "dead") rmSync(path, { force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/** Makes the guard, also in the place of one whose maker was killed. */
function makeGuard(guard: string): boolean {
  try {
    if (isOld(guard)) rmdirSync(guard);
  } catch (error) {
    if (!isGone(error)) throw inTheWay(guard, error);
  }
  try {
    mkdirSync(guard);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isOld(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs > graceMs;
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function inTheWay(path: string, error: unknown): Fault {
  return new Fault(
    `${path} is in the place of a lock and is none (${(error as NodeJS.ErrnoException).code}).`,
    "Look at what it is, and remove it.",
    { cause: error },
  );
}
