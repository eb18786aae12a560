import { isAtLeast } from "./command.js";

/** A program that can be found on PATH, with the releases in which its known holes are fixed. */
export interface Product {
  readonly name: string;
  /** Finds the version, of three numbers, in what `--version` says. */
  readonly pattern: RegExp;
  /** The first good release of each line (`7.2`) that gets fixes, oldest first. */
  readonly fixed: readonly string[];
}

/**
 * Redis of 27 August 2026: CVE-2026-81934 and, before it, CVE-2026-23479, CVE-2026-25243, CVE-2025-49844 and their
 * siblings, by which a client runs code in the server.
 */
export const redis: Product = {
  name: "Redis",
  pattern: /Redis server v=(\d+\.\d+\.\d+)/,
  fixed: ["7.2.16", "7.4.11", "8.2.9", "8.4.6", "8.6.6", "8.8.2", "8.10.1"],
};

/** Valkey of 31 August 2026: GHSA-fq2f-crmw-q97r, CVE-2026-63639, and Redis's of before. It installs a `redis-server` too. */
export const valkey: Product = {
  name: "Valkey",
  pattern: /^(?:Valkey s|S)erver v=(\d+\.\d+\.\d+)/,
  fixed: ["7.2.14", "8.0.11", "8.1.10", "9.0.6", "9.1.2"],
};

/**
 * MongoDB of 10 November 2026: CVE-2026-120815, by which anybody on the machine becomes administrator, CVE-2026-120828,
 * CVE-2026-9740, CVE-2025-14847.
 */
export const mongod: Product = {
  name: "MongoDB",
  pattern: /db version v(\d+\.\d+\.\d+)/,
  fixed: ["6.0.30", "7.0.48", "8.0.37", "8.3.16", "9.0.7"],
};

export const envoy: Product = {
  name: "Envoy",
  pattern: /version: [^/]*\/(\d+\.\d+\.\d+)/,
  fixed: ["1.39.1"],
};

/** True for a release of a line that is named, from the named one on, and for every line that is newer than all of them. */
export function isFixed(version: string, { fixed }: Product): boolean {
  const first = fixed.find((release) => lineOf(release) === lineOf(version));
  return isAtLeast(version, first ?? lineAfter(fixed.at(-1) ?? "0.0"));
}

function lineOf(release: string): string {
  return release.split(".", 2).join(".");
}

function lineAfter(release: string): string {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return `${major}.${minor + 1}`;
}
