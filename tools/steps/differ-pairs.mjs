// Holds the two implementations of each service against each other with generated calls, all pairs side by side:
//   node tools/steps/differ-pairs.mjs --minutes 2
//   node tools/steps/differ-pairs.mjs --minutes 600 --sequences 20000 --seed 7 --json <file>
// What follows is handed on to `theseus-conformance differ`. TypeScript must be built; the others are. A pair whose toolchain is missing is skipped.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { implementations } from "../checkout/implementations.mjs";
import { missingToolchain } from "../toolchains.mjs";

/** @import { Implementation } from "../checkout/implementations.mjs" */
/** @typedef {{name: string, outcome: string, why?: string}} Result */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const SUITE = ["--enable-source-maps", join(ROOT, "conformance/bin/theseus-conformance.mjs")];

const { json, args } = readArguments(process.argv.slice(2));
const others = implementations(ROOT).filter(({ language }) => language !== "typescript");
const folder = mkdtempSync(join(tmpdir(), "theseus-differ-"));
/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
  });
try {
  // One after the other: builds of one machine take each other's time.
  for (const each of others) if (missingToolchain(each.language) === undefined) build(each);
  const results = (await Promise.all(others.map(compare))).flat();
  if (json !== undefined) writeFileSync(json, JSON.stringify({ results }, null, 2));
  process.exitCode = results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string[]} given */
function readArguments(given) {
  const at = given.indexOf("--json");
  if (at < 0) return { json: undefined, args: given };
  return { json: given[at + 1], args: given.filter((_, n) => n !== at && n !== at + 1) };
}

/** @param {Implementation} implementation */
function build({ folder }) {
  const cwd = join(ROOT, folder);
  /** @type {{build: [string, ...string[]]}} */
  const { build: command } = JSON.parse(readFileSync(join(cwd, "implementation.json"), "utf8"));
  const [program, ...args] = command;
  if (spawnSync(program, args, { cwd, stdio: "inherit" }).status !== 0)
    throw new Error(`${folder} cannot be built`);
}

/**
 * @param {Implementation} implementation
 * @returns {Promise<Result[]>}
 */
async function compare({ service, language }) {
  const name = `${service}: typescript and ${language} answer alike`;
  const why = missingToolchain(language);
  if (why !== undefined) return [{ name, outcome: "skipped", why }];
  const report = join(folder, `${service}-${language}.json`);
  const command = [
    "differ",
    "--service",
    service,
    "--against",
    language,
    "--json",
    report,
    "--no-build",
    ...args,
  ];
  const child = spawn(process.execPath, [...SUITE, ...command], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  const ended = new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) console.log(line);
  const code = await ended;
  running.delete(child);
  try {
    /** @type {{results: Result[]}} */
    const { results } = JSON.parse(readFileSync(report, "utf8"));
    return results;
  } catch {
    return [{ name, outcome: "failed", why: `it ended with ${code}` }];
  }
}
