import { existsSync } from "node:fs";
import { join } from "node:path";
import { formerImplementation, readHistory } from "../changes/history.js";
import { fileName, type Implementation, readImplementation } from "../implementation/implementation.js";
import type { InstanceEntry } from "../instances/instance.js";
import { instancesNote } from "../instances/instance-table.js";
import { readState } from "../process/state-file.js";
import type { Home } from "../system/home.js";

/** What of one service has calls, if something runs and its files are still there. */
export function runningIn(home: Pick<Home, "state">, service: string): Implementation | undefined {
  const active = instancesIn(home).find(({ workload, stage }) => workload === service && stage === "active");
  if (active === undefined) return undefined;
  const file = join(active.implementation.folder, fileName);
  return existsSync(file) ? readImplementation(file) : undefined;
}

/** Content hashes of what runs, and of what each service would be taken back to. */
export function neededIn(home: Pick<Home, "path" | "state">): readonly string[] {
  const entries = instancesIn(home);
  const history = readHistory(home);
  const services = new Set(entries.map(({ workload }) => workload));
  const former = [...services].flatMap((service) => formerImplementation(history, service) ?? []);
  return [...entries.map(({ implementation }) => implementation), ...former].map((each) => each.contentHash);
}

function instancesIn({ state }: Pick<Home, "state">): readonly InstanceEntry[] {
  return (readState(state)?.notes[instancesNote] ?? []) as readonly InstanceEntry[];
}
