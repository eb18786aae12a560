import type { InstanceEntry } from "../instances/instance.js";
import type { Pair } from "../pair/pair.js";
import type { InstanceLabels } from "./metric-definitions.js";

/** What every series says of an instance: the same from its first call to its last. */
export function labelsOf({ instance, application }: Pair, row: InstanceEntry): InstanceLabels {
  const { language, contentHash } = row.implementation;
  const version = [application.status().version, contentHash.slice(0, 12)].filter(Boolean).join("+");
  return { workload: instance.workload.name, instance: instance.name, implementation: language, version };
}
