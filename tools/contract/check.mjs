// npm run contract:check — compares the contract with what was released, both what buf sees and what it does not.
// A change that is meant is listed, word by word and with its reason, in proto/baseline/accepted.json.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { baselineFaults, releasedBaselines } from "./baselines.mjs";
import { optionChanges } from "./option-changes.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Everything that is wrong with `module` (a folder of .proto files) against the released contracts, a line each.
 * @param {string} root    the checkout
 * @param {string} module  the folder to compare, `proto` as a rule
 */
export function contractFaults(root, module = "proto") {
  const work = mkdtempSync(join(tmpdir(), "theseus-contract-"));
  try {
    const now = join(work, "now.binpb");
    buf(root, "build", module, "--exclude-source-info", "--as-file-descriptor-set", "-o", now);
    const chain = [...releasedBaselines(root), { version: "working tree", file: now }];
    const accepted = JSON.parse(readFileSync(join(root, "proto/baseline/accepted.json"), "utf8"));
    return [...baselineFaults(root), ...chainFaults(root, chain, accepted)];
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * @param {string} root
 * @param {readonly import("./baselines.mjs").Baseline[]} chain  oldest first
 * @param {readonly {since: string, change: string}[]} accepted
 */
function chainFaults(root, chain, accepted) {
  const unused = new Set(accepted.map((entry) => `${entry.since}: ${entry.change}`));
  const faults = [];
  for (const [index, to] of chain.entries()) {
    const from = chain[index - 1];
    if (from === undefined) continue;
    const changes = [
      ...breakingChanges(root, from.file, to.file),
      ...optionChanges(readFileSync(from.file), readFileSync(to.file)),
    ];
    for (const change of changes) {
      const key = `${from.version}: ${change}`;
      if (!unused.delete(key)) faults.push(`since ${key}`);
    }
  }
  return [...faults, ...[...unused].map((key) => `accepted.json lists a change that is not there: ${key}`)];
}

/**
 * @param {string} root
 * @param {string} before  an image
 * @param {string} after   an image
 */
function breakingChanges(root, before, after) {
  try {
    buf(root, "breaking", after, "--against", before, "--exclude-imports");
    return [];
  } catch (error) {
    if (!(error instanceof Error && "status" in error && "stdout" in error && error.status === 100))
      throw error;
    return String(error.stdout)
      .trim()
      .split("\n")
      .map((line) => line.replace(/^([^:]+):\d+:\d+:/, "$1 "));
  }
}

/**
 * @param {string} root
 * @param {readonly string[]} args
 */
function buf(root, ...args) {
  return execFileSync(process.execPath, [join(root, "node_modules/@bufbuild/buf/bin/buf"), ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = contractFaults(ROOT);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) {
    console.error(
      `\n${faults.length} changes against the released contract. Undo them, or list each in proto/baseline/accepted.json.`,
    );
    process.exitCode = 1;
  }
}
