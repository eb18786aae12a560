import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "@theseus/mesh/envoy";
import { peersOf } from "@theseus/mesh/policy";
import { Fault } from "../fault.js";
import { type KnownHost, knownHosts } from "../pair/envoy-admin.js";
import type { Pair } from "../pair/pair.js";
import type { SystemContext } from "../system/context.js";

/** How long a sidecar may take to see a change, on a busy machine too. */
const limitMs = 30_000;

export interface Expected {
  readonly workload: string;
  /** All that there are. */
  readonly endpoints: readonly Endpoint[];
  /** Ports of those that must be well by each sidecar's own health checks. */
  readonly well?: readonly number[];
}

/** Waits until the sidecar of everybody who calls the workload says that it has exactly these endpoints. */
export async function untilTaken(
  { policy, topology, signal }: Pick<SystemContext, "policy" | "topology" | "signal">,
  pairs: readonly Pair[],
  expected: Expected,
): Promise<void> {
  const callers = pairs.filter(({ instance }) =>
    peersOf(policy, topology, instance.workload.name).includes(expected.workload),
  );
  const deadline = Date.now() + limitMs;
  for (const caller of callers) {
    while (!(await hasTaken(caller, expected))) {
      if (Date.now() > deadline) throw notTaken(caller, expected);
      await sleep(25, undefined, { signal });
    }
  }
}

/** A sidecar that does not run reads its files when it starts. */
async function hasTaken({ paths, sidecar }: Pair, expected: Expected): Promise<boolean> {
  if (sidecar.status().state !== "running") return true;
  const clusters = await knownHosts(paths.admin).catch(() => new Map<string, readonly KnownHost[]>());
  const hosts = clusters.get(expected.workload) ?? [];
  const { endpoints, well = [] } = expected;
  return (
    hosts.length === endpoints.length &&
    endpoints.every((endpoint) => hosts.some((host) => isSame(host, endpoint))) &&
    well.every((port) => hosts.some((host) => host.port === port && host.answers))
  );
}

function isSame(host: KnownHost, { port, weight = 1, health = "healthy" }: Endpoint): boolean {
  return host.port === port && host.weight === weight && host.isDraining === (health === "draining");
}

function notTaken({ instance }: Pair, { workload }: Expected): Fault {
  return new Fault(
    `The sidecar of ${instance.name} has not seen the change of ${workload} within ${limitMs / 1000} s.`,
    `See theseus logs ${instance.name}-envoy; theseus restart ${instance.workload.name} gives it a new one.`,
  );
}
