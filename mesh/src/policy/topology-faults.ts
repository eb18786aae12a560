import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { findPolicy } from "@theseus/kit/contract";
import { ownerOf, type Topology } from "../topology.js";

/** Services that only the contract or only the topology knows. */
export function serviceFaults(services: readonly DescService[], topology: Topology): readonly string[] {
  const names = services.map(({ typeName }) => typeName);
  const served = [...topology.workloads, ...topology.externals].flatMap((party) => party.services);
  return [
    ...served
      .filter((name) => !names.includes(name))
      .map((name) => `${name}: in the topology, not in the contract`),
    ...names
      .filter((name) => ownerOf(topology, name) === undefined)
      .map((name) => `${name}: nobody serves it`),
  ];
}

/** Callers of one method that are no workloads. */
export function callerFaults(method: DescMethod, topology: Topology): readonly string[] {
  const callers = (findPolicy(method)?.allow ?? []).map(({ caller }) => caller);
  return callers
    .filter((caller) => !topology.workloads.some(({ name }) => name === caller))
    .map((caller) => `${method.parent.typeName}.${method.name}: allows the unknown workload "${caller}"`);
}
