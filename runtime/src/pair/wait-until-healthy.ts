import { setTimeout as sleep } from "node:timers/promises";
import { peersOf } from "@theseus/mesh/policy";
import { Fault } from "../fault.js";
import type { SystemContext } from "../system/context.js";
import { unreachable } from "./envoy-admin.js";
import type { Pair } from "./pair.js";

/** Waits until every sidecar finds, by its own health checks, every peer that it may call. */
export async function waitUntilHealthy(
  { policy, topology, signal }: SystemContext,
  pairs: readonly Pair[],
): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (const { instance, paths } of pairs) {
    const peers = peersOf(policy, topology, instance.workload.name);
    for (let missing = peers; missing.length > 0; await sleep(50, undefined, { signal })) {
      missing = await unreachable(paths.admin, peers);
      if (missing.length > 0 && Date.now() > deadline) {
        throw new Fault(
          `${instance.name} finds no healthy ${missing.join(", ")} through the mesh.`,
          `See theseus logs ${missing[0]}-1 and theseus logs ${instance.name}-envoy.`,
        );
      }
      if (missing.length === 0) break;
    }
  }
}
