import { join } from "node:path";
import type { Topology } from "@theseus/mesh/topology";
import { UsageFault } from "../fault.js";
import {
  findImplementation,
  type Implementation,
  readImplementation,
} from "../implementation/implementation.js";

/** One pair of application and sidecar. */
export interface InstancePlan {
  /** `inventory-1` */
  readonly name: string;
  readonly workload: string;
  /** Counts from 1. */
  readonly ordinal: number;
  readonly implementation: Implementation;
}

export interface ShopPlan {
  readonly provider: Implementation;
  readonly services: readonly InstancePlan[];
  readonly gateway: InstancePlan;
}

export interface PlanOptions {
  readonly checkout: string;
  readonly topology: Topology;
  /** Language by service; absent: typescript. */
  readonly implementations: ReadonlyMap<string, string>;
  /** Instances by service; absent: one. */
  readonly replicas: ReadonlyMap<string, number>;
}

/** Names of the workloads that serve: what can be chosen and replicated. */
export function servicesOf(topology: Topology): readonly string[] {
  return topology.workloads.filter(({ services }) => services.length > 0).map(({ name }) => name);
}

/** What will run. Every implementation file is read and checked before anything is started. */
export function planShop(options: PlanOptions): ShopPlan {
  const { checkout, topology, implementations, replicas } = options;
  const services = servicesOf(topology);
  for (const name of [...implementations.keys(), ...replicas.keys()]) {
    if (services.includes(name)) continue;
    throw new UsageFault(`There is no service "${name}".`, `The services are ${services.join(", ")}.`);
  }
  return {
    provider: readImplementation(join(checkout, "services", "provider", "implementation.json")),
    services: services.flatMap((workload) => {
      const implementation = findImplementation(
        checkout,
        workload,
        implementations.get(workload) ?? "typescript",
      );
      return Array.from({ length: replicas.get(workload) ?? 1 }, (_, index) =>
        instance(workload, index + 1, implementation),
      );
    }),
    gateway: instance("gateway", 1, readImplementation(join(checkout, "gateway", "implementation.json"))),
  };
}

function instance(workload: string, ordinal: number, implementation: Implementation): InstancePlan {
  return { name: `${workload}-${ordinal}`, workload, ordinal, implementation };
}
