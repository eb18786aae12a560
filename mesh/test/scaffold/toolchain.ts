import { spawnSync } from "node:child_process";

const needs: Readonly<Record<string, readonly string[]>> = {
  go: ["go"],
  java: ["javac", "mvn"],
  python: ["python3"],
  rust: ["cargo"],
  typescript: [],
};

/** Why a language's skeleton cannot be built on this machine; undefined when it can. */
export function missingToolchain(language: string): string | undefined {
  const missing = (needs[language] ?? []).filter((program) => spawnSync("which", [program]).status !== 0);
  return missing.length === 0 ? undefined : `${missing.join(" and ")} not on PATH`;
}

/** A test's title, with the reason where it has to be skipped. */
export function titled(title: string, missing: string | undefined): string {
  return missing === undefined ? title : `${title} (skipped: ${missing})`;
}
