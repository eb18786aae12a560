// One build at a time in one checkout: npm ci takes away what another build is using. Needs nothing installed or built.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf } from "./thrown.mjs";

/** How long a lock may be without its owner's name before its maker counts as dead. */
const GRACE_MS = 5_000;

/**
 * Takes a lock file, waiting for the living process that has it; answers how to give it back.
 * @param {string} path               in a folder of one's own: what others can write could be held up by them
 * @param {(line: string) => void} say
 * @returns {Promise<() => void>}
 */
export async function takeBuildLock(path, say) {
  for (let said = false; !create(path); ) {
    const owner = ownerOf(path);
    if (owner === "dead") rmSync(path, { force: true });
    else {
      if (!said && owner !== undefined) say(`waiting for the build of process ${owner}`);
      said ||= owner !== undefined;
      await sleep(200);
    }
  }
  return () => rmSync(path, { force: true });
}

/** @param {string} path */
function create(path) {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${process.pid} ${startOf(process.pid)}`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST" && path === pathOf(error)) return false;
    throw new Error(`The lock ${path} cannot be made: ${messageOf(error)}`);
  }
}

/**
 * The pid of the living process that has it; undefined while it is being written or has just gone.
 * @param {string} path
 * @returns {number | "dead" | undefined}
 */
function ownerOf(path) {
  try {
    const [, pid, start] = /^(\d+) (.*)$/.exec(readFileSync(path, "utf8")) ?? [];
    if (pid !== undefined) return start !== "" && startOf(Number(pid)) === start ? Number(pid) : "dead";
    return Date.now() - statSync(path).mtimeMs < GRACE_MS ? undefined : "dead";
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw new Error(
      `${path} is in the place of the build's lock and is none (${codeOf(error)}).\n  Look at what it is, and remove it.`,
    );
  }
}

/**
 * When a process began, as a text; empty when there is none. A later process with the same pid has another.
 * @param {number} pid
 */
function startOf(pid) {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** @param {unknown} error */
function pathOf(error) {
  return error instanceof Error && "path" in error ? error.path : undefined;
}
