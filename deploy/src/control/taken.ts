import type { Endpoint } from "@theseus/mesh/envoy";
import { peersOf } from "@theseus/mesh/policy";
import { type KnownHost, knownHosts } from "@theseus/runtime/system";
import type { PairPlan } from "../pairs.js";
import { places } from "../places.js";
import type { ControlContext } from "./control-context.js";
import type { EndpointTable } from "./endpoints.js";

/** What one sidecar knows of the instances that its workload may call. */
export interface View {
  /** Does it know of them what it was told last? */
  readonly isCurrent: boolean;
  /** Addresses of those that it finds unhealthy, or that drain. */
  readonly unusable: readonly string[];
}

/** The views of all sidecars that run and answer; a sidecar that does not answer is not current. */
export function viewsOf(
  context: ControlContext,
  table: EndpointTable,
  runs: (pair: PairPlan) => boolean,
): Promise<readonly View[]> {
  const silent: View = { isCurrent: false, unusable: [] };
  return Promise.all(
    context.pairs.filter(runs).map((pair) => viewOf(context, table, pair).catch(() => silent)),
  );
}

async function viewOf(
  { policy, system, volume }: ControlContext,
  table: EndpointTable,
  { workload, mesh }: PairPlan,
): Promise<View> {
  const hosts = await knownHosts(volume(mesh) + places.adminSocket.slice(places.mesh.length));
  const peers = peersOf(policy, system.topology, workload.name);
  return {
    isCurrent: peers.every((peer) => isSame(hosts.get(peer) ?? [], table.get(peer) ?? [])),
    unusable: peers
      .flatMap((peer) => hosts.get(peer) ?? [])
      .filter(({ isHealthy }) => !isHealthy)
      .map(({ address }) => address),
  };
}

function isSame(hosts: readonly KnownHost[], endpoints: readonly Endpoint[]): boolean {
  const told = endpoints.map(({ address, health }) => `${address} ${health === "draining"}`);
  const known = hosts.map(({ address, isDraining }) => `${address} ${isDraining}`);
  return told.length === known.length && told.every((endpoint) => known.includes(endpoint));
}
