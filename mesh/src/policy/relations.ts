import { ownerOf, type Topology } from "../topology.js";
import type { MeshPolicy, MethodPolicy } from "./mesh-policy.js";

/** Methods of the services that a workload serves. */
export function methodsServedBy(
  policy: MeshPolicy,
  topology: Topology,
  workload: string,
): readonly MethodPolicy[] {
  return policy.methods.filter(({ service }) => ownerOf(topology, service) === workload);
}

/** Methods that the contract lets a workload call. */
export function methodsCalledBy(policy: MeshPolicy, workload: string): readonly MethodPolicy[] {
  return policy.methods.filter(({ callers }) => callers.includes(workload));
}

/** Workloads that the contract lets call some method of a workload. */
export function callersOf(policy: MeshPolicy, topology: Topology, workload: string): readonly string[] {
  const named = methodsServedBy(policy, topology, workload).flatMap(({ callers }) => callers);
  return [...new Set(named)].sort();
}

/** Workloads whose services a workload may call: it needs `<name>.eds.json` of each. */
export function peersOf(policy: MeshPolicy, topology: Topology, workload: string): readonly string[] {
  const called = partiesCalledBy(policy, topology, workload);
  return called.filter((name) => topology.workloads.some((peer) => peer.name === name));
}

/** Parties outside the mesh that a workload may call. */
export function externalsOf(policy: MeshPolicy, topology: Topology, workload: string): readonly string[] {
  const called = partiesCalledBy(policy, topology, workload);
  return called.filter((name) => topology.externals.some((external) => external.name === name));
}

function partiesCalledBy(policy: MeshPolicy, topology: Topology, workload: string): readonly string[] {
  const owners = methodsCalledBy(policy, workload).map(({ service }) => ownerOf(topology, service));
  return [...new Set(owners.filter((owner) => owner !== undefined))].sort();
}
