// npm run contract:check — compares the contract with what was released, both what buf sees and what it does not.
// A change that is meant is listed, word by word and with its reason, in proto/baseline/accepted.json.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { baselineFaults, releasedBaselines } from "./baselines.mjs";
import { buildImage, runBuf } from "./image.mjs";
import { optionChanges } from "./option-changes.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** @typedef {{since: string, why: string, changes: readonly string[]}} Accepted  changes that are meant, for one reason */

/**
 * Everything that is wrong with the contract against the released ones, a line each.
 * @param {string} root  the checkout
 */
export function contractFaults(root) {
  const work = mkdtempSync(join(tmpdir(), "theseus-contract-"));
  try {
    const now = join(work, "now.binpb");
    buildImage(root, now);
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
 * @param {readonly Accepted[]} accepted
 */
function chainFaults(root, chain, accepted) {
  const unused = new Set(
    accepted.flatMap(({ since, changes }) => changes.map((change) => `${since}: ${change}`)),
  );
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
    runBuf(root, "breaking", after, "--against", before, "--exclude-imports");
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
