import type { Endpoint } from "@theseus/mesh/envoy";
import { peersOf } from "@theseus/mesh/policy";
import { type KnownHost, knownHosts } from "../pair/envoy-admin.js";
import type { Pair } from "../pair/pair.js";
import { untilTaken } from "../pair/until-taken.js";
import type { SystemContext } from "../system/context.js";

export interface Expected {
  readonly workload: string;
  /** All that there are. */
  readonly endpoints: readonly Endpoint[];
  /** Ports of those that must be well by each sidecar's own health checks. */
  readonly well?: readonly number[];
}

/** Waits until the sidecar of everybody who calls the workload says that it has exactly these endpoints. */
export async function untilEndpointsTaken(
  { policy, topology, signal }: Pick<SystemContext, "policy" | "topology" | "signal">,
  pairs: readonly Pair[],
  expected: Expected,
): Promise<void> {
  const callers = pairs.filter(({ instance }) =>
    peersOf(policy, topology, instance.workload.name).includes(expected.workload),
  );
  await untilTaken({
    sidecars: () => callers.map(({ place }) => place),
    isTaken: ({ admin }) => hasTaken(admin, expected),
    what: `the endpoints of ${expected.workload}`,
    signal,
  });
}

async function hasTaken(admin: string, { workload, endpoints, well = [] }: Expected): Promise<boolean> {
  const hosts = (await knownHosts(admin)).get(workload) ?? [];
  return (
    hosts.length === endpoints.length &&
    endpoints.every((endpoint) => hosts.some((host) => isSame(host, endpoint))) &&
    well.every((port) => hosts.some((host) => host.port === port && host.answers))
  );
}

function isSame(host: KnownHost, endpoint: Endpoint): boolean {
  const { port, weight = 1, health = "healthy", reserve = false } = endpoint;
  return (
    host.port === port &&
    host.weight === weight &&
    host.isDraining === (health === "draining") &&
    host.isReserve === reserve
  );
}
