// The contract as it was released: proto/baseline/<version>.binpb, a file a release, only ever added.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{version: string, file: string}} Baseline */

/**
 * Released versions, oldest first, with the path of each image.
 * @param {string} root  the checkout
 * @returns {Baseline[]}
 */
export function releasedBaselines(root) {
  const folder = join(root, "proto/baseline");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".binpb"))
    .map((name) => ({ version: name.slice(0, -".binpb".length), file: join(folder, name) }))
    .sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
}

/**
 * Faults of the folder itself: a digest that does not fit, an image that was changed after it was committed.
 * @param {string} root  the checkout
 */
export function baselineFaults(root) {
  const baselines = releasedBaselines(root);
  if (baselines.length === 0) return ["proto/baseline holds no released contract"];
  return [...digestFaults(root, baselines), ...historyFaults(root)];
}

/**
 * @param {string} root
 * @param {readonly Baseline[]} baselines
 */
function digestFaults(root, baselines) {
  const lines = readFileSync(join(root, "proto/baseline/SHA256SUMS"), "utf8").split("\n").filter(Boolean);
  const listed = new Map(
    lines.map((line) => {
      const [digest, name = ""] = line.split(/\s+/);
      return [name, digest];
    }),
  );
  const faults = [];
  for (const { version, file } of baselines) {
    const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    const wanted = listed.get(`${version}.binpb`);
    listed.delete(`${version}.binpb`);
    if (wanted !== digest)
      faults.push(`proto/baseline/${version}.binpb is not what SHA256SUMS says (${digest})`);
  }
  return [
    ...faults,
    ...[...listed.keys()].map((name) => `proto/baseline/${name} is in SHA256SUMS and not there`),
  ];
}

/** @param {string} root */
function historyFaults(root) {
  if (!existsSync(join(root, ".git"))) return [];
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const changed = git(
    "log",
    "--diff-filter=MDRT",
    "--format=%h %s",
    "--name-only",
    "--",
    "proto/baseline/*.binpb",
  );
  const uncommitted = git(
    "diff",
    "--diff-filter=MDRT",
    "--name-only",
    "HEAD",
    "--",
    "proto/baseline/*.binpb",
  );
  return [changed, uncommitted]
    .filter(Boolean)
    .map((what) => `a released contract was changed; add a new version instead:\n${what}`);
}
