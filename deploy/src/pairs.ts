import type { SystemTopology, SystemWorkload } from "@theseus/runtime/system";
import { type PairNames, pairNames } from "./names.js";

/** One pair of application and sidecar. */
export interface PairPlan extends PairNames {
  readonly workload: SystemWorkload;
  /** Counts from 1. */
  readonly ordinal: number;
}

/** Developers call the first instance of each service. */
export function isOpenToDevelopers({ workload, ordinal }: PairPlan): boolean {
  return workload.services.length > 0 && ordinal === 1;
}

/** All pairs of a system: one of each workload unless there are more. */
export function pairsOf(
  { workloads }: SystemTopology,
  replicas: ReadonlyMap<string, number>,
): readonly PairPlan[] {
  return workloads.flatMap((workload) =>
    Array.from({ length: replicas.get(workload.name) ?? 1 }, (_, index) => ({
      ...pairNames(`${workload.name}-${index + 1}`),
      workload,
      ordinal: index + 1,
    })),
  );
}
