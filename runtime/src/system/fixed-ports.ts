import { claimPort } from "../process/ports.js";
import type { StartOptions } from "./options.js";
import type { InstancePlan } from "./plan.js";
import type { SystemTopology } from "./topology.js";

export interface FixedPorts {
  /** For HTTP clients. */
  readonly edge: number;
  /** For Prometheus; absent where an earlier release has noted them. */
  readonly metrics?: number;
}

/** Claims them before anything is started. */
export async function claimFixedPorts(
  { workloads }: SystemTopology,
  { port }: Pick<StartOptions, "port">,
): Promise<FixedPorts> {
  const atEdge = workloads.find(({ services }) => services.length === 0)?.name ?? "edge";
  return { edge: await claimPort(port, `the ${atEdge}`, "--port") };
}

/** What the sidecar of an instance listens on. */
export function sidecarPorts({ workload }: InstancePlan, { edge }: FixedPorts) {
  return workload.services.length === 0 ? { edge } : { mesh: 0 };
}
