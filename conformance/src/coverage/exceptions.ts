import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Coverage } from "./coverage.js";

/** Something that the contract asks for and no case shows, with the argument why that is right. */
export interface CoverageException {
  /** A line of the coverage, word by word. */
  readonly line: string;
  readonly why: string;
}

export function loadExceptions(path: string, service: string): readonly CoverageException[] {
  if (!existsSync(path)) return [];
  const all = parse(readFileSync(path, "utf8")) as Record<string, readonly CoverageException[]> | null;
  return all?.[service] ?? [];
}

/** What is missing, and exceptions that are none any more: the list must stay exact. */
export function coverageFaults(
  { wanted, shown }: Coverage,
  exceptions: readonly CoverageException[],
): readonly string[] {
  const excused = new Set(exceptions.map(({ line }) => line));
  const missing = wanted.filter((line) => !shown.has(line) && !excused.has(line));
  const stale = exceptions.filter(({ line }) => shown.has(line) || !wanted.includes(line));
  return [
    ...missing.map((line) => `no case shows: ${line}`),
    ...stale.map(({ line }) => `exceptions.yaml excuses what is shown, or what nobody asks for: ${line}`),
  ];
}
