import { join } from "node:path";
import type { Admission } from "../certificate/admission.js";
import { UsageFault } from "../fault.js";
import { chooseImplementation, type Implementation } from "../implementation/implementation.js";
import type { StartOptions } from "./options.js";
import { type SystemExternal, type SystemTopology, type SystemWorkload, servicesOf } from "./topology.js";

/** One pair of application and sidecar. */
export interface InstancePlan {
  /** The workload's name and the ordinal: `ship-1`. */
  readonly name: string;
  readonly workload: SystemWorkload;
  /** Counts from 1. */
  readonly ordinal: number;
  readonly implementation: Implementation;
  /** Where the implementation was taken from, when that is not the checkout as it is. */
  readonly source?: string;
  /** Why it is to have an identity; absent: it is what was admitted before. */
  readonly admission?: Admission;
}

export interface ExternalPlan {
  readonly external: SystemExternal;
  readonly implementation: Implementation;
}

/** What will run, in the order of its start. */
export interface SystemPlan {
  readonly externals: readonly ExternalPlan[];
  /** Those that serve the mesh. */
  readonly services: readonly InstancePlan[];
  /** Those that only call it. */
  readonly edge: readonly InstancePlan[];
}

interface PlanOptions extends Pick<StartOptions, "implementations" | "replicas"> {
  readonly checkout: string;
}

/** Every implementation file is read and checked before anything is started. */
export function planSystem(topology: SystemTopology, options: PlanOptions): SystemPlan {
  const { checkout, implementations, replicas } = options;
  const services = servicesOf(topology);
  for (const name of [...implementations.keys(), ...replicas.keys()]) {
    if (services.includes(name)) continue;
    throw new UsageFault(`There is no service "${name}".`, `The services are ${services.join(", ")}.`);
  }
  const implementationOf = (party: SystemWorkload | SystemExternal): Implementation => {
    const language = implementations.get(party.name) ?? party.language ?? topology.language;
    return chooseImplementation(join(checkout, party.implementations), party.name, language);
  };
  const instances = topology.workloads.flatMap((workload) => {
    const implementation = implementationOf(workload);
    return Array.from({ length: replicas.get(workload.name) ?? 1 }, (_, index) => ({
      name: `${workload.name}-${index + 1}`,
      workload,
      ordinal: index + 1,
      implementation,
      admission: { by: "operator" } as const,
    }));
  });
  return {
    externals: topology.externals.map((external) => ({
      external,
      implementation: implementationOf(external),
    })),
    services: instances.filter(({ workload }) => workload.services.length > 0),
    edge: instances.filter(({ workload }) => workload.services.length === 0),
  };
}
