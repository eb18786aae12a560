import { existsSync } from "node:fs";
import { join } from "node:path";
import { formerImplementation, type HistoryEntry } from "../changes/history.js";
import { fileName, type Implementation, readImplementation } from "../implementation/implementation.js";
import type { InstanceEntry } from "../instances/instance.js";

/** What of one service has calls, if its files are still there. */
export function runningOf(entries: readonly InstanceEntry[]): Implementation | undefined {
  const active = entries.find(({ stage }) => stage === "active");
  if (active === undefined) return undefined;
  const file = join(active.implementation.folder, fileName);
  return existsSync(file) ? readImplementation(file) : undefined;
}

/** Content hashes of what runs, and of what a service would be taken back to. */
export function neededCopies(
  entries: readonly InstanceEntry[],
  history: readonly HistoryEntry[],
): readonly string[] {
  const services = new Set(entries.map(({ workload }) => workload));
  const former = [...services].flatMap((service) => formerImplementation(history, service) ?? []);
  return [...entries.map(({ implementation }) => implementation), ...former].map((each) => each.contentHash);
}
