// A package of npm's registry without what it depends on: fetched once into the cache, and checked against its digest.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * npm as a command: the one that runs this process, or the one on PATH.
 * @type {readonly [string, ...string[]]}
 */
export const NPM = process.env.npm_execpath?.endsWith(".js")
  ? [process.execPath, process.env.npm_execpath]
  : ["npm"];

/**
 * Path of the package's folder.
 * @param {string} spec       name@version
 * @param {string} integrity  as a lockfile has it: `sha512-` and base64
 */
export function npmPackage(spec, integrity) {
  const folder = join(cacheFolder(), `npm-${spec.replace(/^@/, "").replace(/[/@]/g, "-")}`);
  if (!existsSync(folder)) fetchInto(folder, spec, integrity);
  return join(folder, "package");
}

function cacheFolder() {
  const { THESEUS_CACHE, XDG_CACHE_HOME = join(homedir(), ".cache") } = process.env;
  return THESEUS_CACHE ?? join(XDG_CACHE_HOME, "theseus");
}

/**
 * @param {string} folder
 * @param {string} spec
 * @param {string} integrity
 */
function fetchInto(folder, spec, integrity) {
  mkdirSync(join(folder, ".."), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const archive = join(work, download(spec, work));
    const digest = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
    if (digest !== integrity) throw new Error(`${spec} is not what was pinned: ${digest}`);
    execFileSync("tar", ["-xzf", archive, "-C", work]);
    rmSync(archive);
    renameSync(work, folder);
  } catch (error) {
    // Another process may have been faster: it has fetched the same.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} spec
 * @param {string} folder
 * @returns {string} the archive's name in the folder
 */
function download(spec, folder) {
  const [program, ...args] = NPM;
  const command = [...args, "pack", spec, "--silent", "--pack-destination", folder];
  try {
    return execFileSync(program, command, { encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
  } catch (error) {
    throw new Error(`${spec} cannot be fetched. Is the package registry reachable?`, { cause: error });
  }
}
