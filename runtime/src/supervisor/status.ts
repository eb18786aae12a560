import type { Admission } from "../certificate/admission.js";
import type { Stage } from "../instances/instance.js";
import type { CallCounts } from "../numbers/count-calls.js";
import type { Numbers } from "../numbers/recent-calls.js";
import { isLive } from "../pair/envoy-admin.js";
import { checkHealth } from "../pair/grpc-health.js";
import { developerSocket } from "../pair/instance-paths.js";
import { localRequest } from "../pair/local-http.js";
import type { Pair } from "../pair/pair.js";
import { portOf } from "../process/ports.js";
import type { ProcessStatus, Supervised } from "../process/supervised.js";
import { within } from "../process/within.js";
import type { SwapStatus } from "../swap/swap-status.js";
import type { SystemContext } from "../system/context.js";
import type { FixedPorts } from "../system/fixed-ports.js";
import type { Endpoints } from "../system/system.js";
import { type SystemWorkload, servicesOf } from "../system/topology.js";
import type { Started } from "./parts.js";

export interface InstanceStatus {
  readonly instance: string;
  readonly kind: "application" | "sidecar" | "store" | "outside";
  /** Of an application or a sidecar. */
  readonly workload?: string;
  /** Language of an application, or what else runs, such as `envoy`. */
  readonly implementation: string;
  /** Of an application or a sidecar: what it is there for. */
  readonly stage?: Stage;
  /** Of an application: share of the calls relative to the others of its workload, SHA-256 of what was built. */
  readonly weight?: number;
  readonly contentHash?: string;
  /** Of an application that was not taken from the checkout as it is: `typescript@4f1c2ab`, a path. */
  readonly source?: string;
  /** Of an application: why it has an identity in the mesh. */
  readonly admission?: Admission;
  /** Of an application that serves others: what it has answered in the last minute. */
  readonly numbers?: Numbers;
  readonly version: string;
  /** `SERVING`, `NOT_SERVING`, `UNREACHABLE`; `RUNNING` for a process without a health check. */
  readonly health: string;
  readonly pid?: number;
  /** Loopback ports by purpose. */
  readonly ports: Readonly<Record<string, number>>;
  /** Unix sockets by purpose. */
  readonly sockets: Readonly<Record<string, string>>;
  readonly restarts: number;
  /** ISO time. */
  readonly since: string;
  readonly lastExit?: string;
}

export interface SystemStatus {
  readonly pid: number;
  readonly home: string;
  readonly phase: "starting" | "open" | "closing";
  readonly startedAt: string;
  /** The change that is under way, as it would be typed. */
  readonly change?: string;
  /** Where it stands, when that is a swap. */
  readonly swap?: SwapStatus;
  readonly instances: readonly InstanceStatus[];
  /** Once it is open. */
  readonly endpoints?: Endpoints;
}

interface StatusOptions {
  /** Whose numbers are told as well; absent: nobody's. */
  readonly counts?: CallCounts | undefined;
  /** What a process may take to say how it is, in milliseconds. */
  readonly healthWithinMs?: number;
}

export function instanceStatuses(
  started: Started,
  options: StatusOptions,
): Promise<readonly InstanceStatus[]> {
  const { instances, stages } = started;
  const pairs = new Map<Supervised, Pair>();
  for (const pair of instances?.pairs ?? []) pairs.set(pair.application, pair).set(pair.sidecar, pair);
  const { services, edges } = instances?.workloads ?? { services: [], edges: [] };
  const running = [services, edges].map((workloads) => instances?.processesOf(workloads) ?? []);
  const inOrder = [...stages, ...running].flatMap((stage) =>
    [...stage].sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
  return Promise.all(
    inOrder.map((process) => describe(process, pairs.get(process), { started, ...options })),
  );
}

export function toEndpoints(
  { run, topology }: Pick<SystemContext, "run" | "topology">,
  { edge, metrics }: FixedPorts,
  secrets: Endpoints["secrets"],
): Endpoints {
  return {
    http: `http://127.0.0.1:${edge}`,
    grpc: Object.fromEntries(
      servicesOf(topology).map((service) => [service, `unix:${developerSocket(run, service)}`]),
    ),
    ...(metrics !== undefined && { metrics: `http://127.0.0.1:${metrics}/metrics` }),
    secrets,
  };
}

async function describe(
  process: Supervised,
  pair: Pair | undefined,
  { started, counts, healthWithinMs = 2_000 }: StatusOptions & { readonly started: Started },
): Promise<InstanceStatus> {
  const status = process.status();
  const numbers = process === pair?.application ? counts?.of(pair.instance.name) : undefined;
  return {
    instance: status.name,
    ...whatItIs(process, pair, started),
    ...(numbers && { numbers }),
    version: status.version ?? "",
    health:
      status.state === "running"
        ? await within(healthWithinMs, healthOf(process, pair), "UNREACHABLE")
        : status.state.toUpperCase(),
    ...(status.pid === undefined ? {} : { pid: status.pid }),
    ports: portsOf(status, process, pair),
    restarts: status.restarts,
    since: status.since,
    ...(status.lastExit === undefined ? {} : { lastExit: status.lastExit }),
  };
}

type WhatItIs = Omit<InstanceStatus, keyof ProcessStatus | "instance" | "numbers" | "health" | "ports">;

function whatItIs(process: Supervised, pair: Pair | undefined, started: Started): WhatItIs {
  if (pair === undefined) {
    const engine = started.stores?.engines.get(process.name);
    return engine === undefined
      ? { kind: "outside", implementation: "simulation", sockets: {} }
      : { kind: "store", implementation: engine, sockets: {} };
  }
  const { app, mesh, admin, developer } = pair.paths;
  const workload = pair.instance.workload.name;
  const row = started.instances?.around.table.get(pair.instance.name);
  return pair.sidecar === process
    ? {
        kind: "sidecar",
        workload,
        implementation: "envoy",
        ...(row && { stage: row.stage }),
        sockets: { mesh, admin, ...(serves(pair.instance.workload) && { developer }) },
      }
    : {
        kind: "application",
        workload,
        implementation: pair.instance.implementation.language,
        ...(row && { stage: row.stage, weight: row.weight, contentHash: row.implementation.contentHash }),
        ...(row?.implementation.source !== undefined && { source: row.implementation.source }),
        ...(row?.implementation.admission && { admission: row.implementation.admission }),
        sockets: { app },
      };
}

function serves({ services }: SystemWorkload): boolean {
  return services.length > 0;
}

async function healthOf(process: Supervised, pair: Pair | undefined): Promise<string> {
  if (pair === undefined) return "RUNNING";
  if (pair.sidecar === process) {
    const live = await isLive(pair.paths.admin).catch(() => false);
    return live ? "SERVING" : "UNREACHABLE";
  }
  // Without a mesh port it serves HTTP instead of gRPC.
  return pair.ports().has("mesh") ? checkHealth(pair.paths.app) : checkReadiness(pair.paths.app);
}

async function checkReadiness(socketPath: string): Promise<string> {
  const answer = await localRequest({ at: { socketPath }, path: "/readyz", timeoutMs: 2_000 }).catch(
    () => undefined,
  );
  if (answer === undefined) return "UNREACHABLE";
  return answer.status === 200 ? "SERVING" : "NOT_SERVING";
}

function portsOf(
  status: ProcessStatus,
  process: Supervised,
  pair: Pair | undefined,
): Readonly<Record<string, number>> {
  if (pair !== undefined) return pair.sidecar === process ? Object.fromEntries(pair.ports()) : {};
  const port = portOf(status.address);
  return port === undefined ? {} : { tcp: port };
}
