import type { SystemStatus } from "@theseus/runtime/control";
import { residentMib } from "../../load/memory.js";

/** Resident memory of one instance, in MiB. */
export interface PairMemory {
  readonly instance: string;
  readonly application: number | undefined;
  readonly sidecar: number | undefined;
}

/** Of each pair of a service. Reads /proc: Linux only. */
export function pairMemory({ instances }: SystemStatus, service: string): readonly PairMemory[] {
  const of = (name: string) => residentMib(instances.find(({ instance }) => instance === name)?.pid ?? 0);
  return instances
    .filter(({ workload, kind }) => workload === service && kind === "application")
    .map(({ instance }) => ({ instance, application: of(instance), sidecar: of(`${instance}-envoy`) }));
}
