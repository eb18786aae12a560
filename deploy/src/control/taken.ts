import type { Endpoint } from "@theseus/mesh/envoy";
import { peersOf } from "@theseus/mesh/policy";
import { type KnownHost, knownHosts } from "@theseus/runtime/system";
import type { PairPlan } from "../pairs.js";
import { places } from "../places.js";
import type { ControlContext } from "./control-context.js";
import type { EndpointTable } from "./endpoints.js";

/** Has every sidecar that runs taken the endpoints of the workloads that it may call? */
export async function isTakenByAll(
  context: ControlContext,
  table: EndpointTable,
  runs: (pair: PairPlan) => boolean,
): Promise<boolean> {
  const taken = await Promise.all(
    context.pairs.filter(runs).map((pair) => isTaken(context, table, pair).catch(() => false)),
  );
  return taken.every(Boolean);
}

async function isTaken(
  { policy, system, volume }: ControlContext,
  table: EndpointTable,
  { workload, mesh }: PairPlan,
): Promise<boolean> {
  const hosts = await knownHosts(volume(mesh) + places.adminSocket.slice(places.mesh.length));
  return peersOf(policy, system.topology, workload.name).every((peer) =>
    isSame(hosts.get(peer) ?? [], table.get(peer) ?? []),
  );
}

function isSame(hosts: readonly KnownHost[], endpoints: readonly Endpoint[]): boolean {
  const told = endpoints.map(({ address, health }) => `${address} ${health === "draining"}`);
  const known = hosts.map(({ address, isDraining }) => `${address} ${isDraining}`);
  return told.length === known.length && told.every((endpoint) => known.includes(endpoint));
}
