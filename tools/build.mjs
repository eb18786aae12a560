// Makes everything that runs: packages from the lockfile, code from the contract, JavaScript from TypeScript. What is made
// already is not made again. Needs nothing installed; says nothing unless something takes long or fails.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { takeBuildLock } from "./checkout/build-lock.mjs";
import { NPM } from "./checkout/npm-package.mjs";
import { removeStaleOutput } from "./checkout/stale-output.mjs";
import { messageOf } from "./checkout/thrown.mjs";
import { workspaces } from "./checkout/workspaces.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const LOCK = join(ROOT, ".theseus/build.lock");
/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await build().catch((error) => {
    console.error(messageOf(error));
    return 1;
  });
}

/** Builds; answers an exit code, having said what failed. */
export async function build() {
  requireNode();
  const release = await takeBuildLock(LOCK, console.log);
  try {
    if (!fitsLockfile()) {
      console.log("installing packages from the lockfile (npm ci)");
      const code = await run([...NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error"], { quiet: true });
      if (code !== 0)
        return fail(
          "The packages cannot be installed.",
          "Is the package registry reachable, and the disk not full?",
        );
    }
    const generator = join(ROOT, "tools/generate.mjs");
    if (
      (await run([process.execPath, generator], {
        quiet: true,
        doing: "generating code from the contract",
      })) !== 0
    ) {
      return fail(
        "No code could be generated from proto/.",
        "The messages above say why; npx buf lint says more.",
      );
    }
    for (const folder of workspaces(ROOT)) removeStaleOutput(join(ROOT, folder));
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    if (
      (await run([process.execPath, compiler, "-b", ...projects()], { quiet: true, doing: "compiling" })) !==
      0
    ) {
      return fail("The TypeScript does not compile.", "The messages above say where.");
    }
    return 0;
  } finally {
    release();
  }
}

/** What the compiler makes: each package, and its tests where they are a project of their own. */
function projects() {
  return workspaces(ROOT)
    .flatMap((folder) => [folder, join(folder, "test")])
    .filter((folder) => existsSync(join(ROOT, folder, "tsconfig.json")));
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Node.js 20.19 or newer is needed; this is ${process.versions.node}.\n  Install a current one and try again.`,
  );
}

/** Is every package of the lockfile installed in its version? Those for other platforms may be missing. */
function fitsLockfile() {
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  const installed = readPackages(join(ROOT, "node_modules/.package-lock.json"));
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return link === true || (found.version === version && found.integrity === integrity);
  });
}

/**
 * @param {string} path  a lockfile
 * @returns {Record<string, {version?: string, integrity?: string, link?: boolean, optional?: boolean}>}
 */
function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

/**
 * Runs a command at the root; a quiet one is shown only when it fails, and what it is `doing` when that takes long.
 * @param {readonly string[]} command
 * @param {{quiet: boolean, doing?: string}} options
 * @returns {Promise<number | null>} its exit code
 */
function run([file = "", ...args], { quiet, doing }) {
  return new Promise((resolve) => {
    const late = doing === undefined ? undefined : setTimeout(() => console.log(doing), 1_500);
    const child = spawn(file, args, {
      cwd: ROOT,
      stdio: ["ignore", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
    });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout?.on("data", (chunk) => output.push(chunk));
    child.stderr?.on("data", (chunk) => output.push(chunk));
    const stop = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    for (const signal of SIGNALS) process.once(signal, stop);
    child.once("error", (error) => output.push(Buffer.from(`${file}: ${error.message}\n`)));
    child.once("close", (code, signal) => {
      clearTimeout(late);
      for (const name of SIGNALS) process.off(name, stop);
      if (signal !== null) process.exit(130);
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code);
    });
  });
}

/**
 * @param {string} problem
 * @param {string} remedy
 */
function fail(problem, remedy) {
  console.error(`${problem}\n  ${remedy} (in ${relative(process.cwd(), ROOT) || "this folder"})`);
  return 1;
}
