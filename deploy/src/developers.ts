import type { Forward } from "@theseus/mesh/envoy";
import { isOpenToDevelopers, type PairPlan } from "./pairs.js";
import { firstDeveloperPort, places } from "./places.js";

/** The container that opens the sockets of developers as ports, and the volume of its configuration. */
export const developerPorts = { service: "developer", volume: "developer-mesh" } as const;

/** What it opens. */
export function developerForwards(pairs: readonly PairPlan[]): readonly Forward[] {
  return pairs.filter(isOpenToDevelopers).map(({ workload, application }, index) => ({
    name: workload.name,
    port: firstDeveloperPort + index,
    socket: `${developerFolder(application)}/grpc.sock`,
  }));
}

/** Where it has the volume of one instance's socket. */
export function developerFolder(application: string): string {
  return `${places.developer}/${application}`;
}
