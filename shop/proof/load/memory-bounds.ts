import type { InstanceStatus } from "@theseus/runtime/control";

/** A process that had more memory than it may. */
export interface AboveBound {
  readonly process: string;
  readonly mib: number;
  readonly boundMib: number;
}

/**
 * The most that a process may have, in MiB: of sidecars what the mesh lets them fill (`edgeLimits`, `peerLimits`) and 100 for
 * the program itself; a Java virtual machine keeps to a quarter of the machine by itself, and is held to less.
 */
function boundOf({ kind, implementation, instance }: InstanceStatus): number {
  if (kind === "sidecar") return instance.startsWith("gateway") ? 612 : 356;
  return implementation === "java" ? 1_024 : 512;
}

export function aboveBounds(
  instances: readonly InstanceStatus[],
  most: ReadonlyMap<string, number>,
): readonly AboveBound[] {
  return instances.flatMap((status) => {
    const [mib, boundMib] = [most.get(status.instance) ?? 0, boundOf(status)];
    return mib > boundMib ? [{ process: status.instance, mib, boundMib }] : [];
  });
}
