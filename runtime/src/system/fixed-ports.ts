import { claimPort } from "../process/ports.js";
import type { StartOptions } from "./options.js";
import type { InstancePlan } from "./plan.js";
import type { SystemTopology } from "./topology.js";

export interface FixedPorts {
  /** For HTTP clients. */
  readonly edge: number;
  /** For people with grpcurl: plaintext port of the first instance of each workload. */
  readonly developer: ReadonlyMap<string, number>;
}

/** Claims them before anything is started. */
export async function claimFixedPorts(
  { workloads }: SystemTopology,
  options: Pick<StartOptions, "port" | "developerPorts">,
): Promise<FixedPorts> {
  const atEdge = workloads.find(({ port }) => port === "edge")?.name ?? "the edge";
  const edge = await claimPort(options.port, `the ${atEdge}`, "--port");
  const developer = new Map<string, number>();
  for (const { name, port } of workloads) {
    if (port !== "developer") continue;
    const wanted = options.developerPorts === 0 ? 0 : options.developerPorts + developer.size;
    developer.set(name, await claimPort(wanted, `grpcurl at ${name}`, "--developer-ports"));
  }
  return { edge, developer };
}

/** What the sidecar of an instance listens on: others than the first take any port. */
export function sidecarPorts({ workload, ordinal }: InstancePlan, { edge, developer }: FixedPorts) {
  if (workload.port === "edge") return { edge };
  return { mesh: 0, developer: ordinal === 1 ? (developer.get(workload.name) ?? 0) : 0 };
}
