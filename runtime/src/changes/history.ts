import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningImplementation } from "../instances/instance.js";
import type { Home } from "../system/home.js";
import type { Change } from "./change.js";

/** One change that was made, or that was begun and undone. */
export interface HistoryEntry {
  readonly change: Change;
  /** ISO time of its beginning. */
  readonly at: string;
  readonly seconds: number;
  readonly from: readonly RunningImplementation[];
  readonly to: readonly RunningImplementation[];
  /** Why it was undone; absent: it was made. */
  readonly undone?: string;
}

export function historyFile({ path }: Pick<Home, "path">): string {
  return join(path, "history.jsonl");
}

export function appendHistory(home: Pick<Home, "path">, entry: HistoryEntry): void {
  appendFileSync(historyFile(home), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
}

/** The oldest first. A last line that was cut off by a crash is left out. */
export function readHistory(home: Pick<Home, "path">): readonly HistoryEntry[] {
  let text = "";
  try {
    text = readFileSync(historyFile(home), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as HistoryEntry];
    } catch {
      return [];
    }
  });
}

/** All that has run of a service, and was replaced. */
export function formerImplementations(
  history: readonly HistoryEntry[],
  service: string,
): readonly RunningImplementation[] {
  return history.flatMap(({ change, from }) =>
    change.kind !== "rotate" && change.service === service ? from : [],
  );
}

/** What ran before the last change of implementation that a service has had, if any. */
export function formerImplementation(
  history: readonly HistoryEntry[],
  service: string,
): RunningImplementation | undefined {
  const swaps = history.filter(
    ({ change, undone }) =>
      (change.kind === "swap" || change.kind === "rollback") &&
      change.service === service &&
      undone === undefined,
  );
  return swaps.at(-1)?.from[0];
}
