import { isLive } from "../pair/envoy-admin.js";
import { checkHealth } from "../pair/grpc-health.js";
import { localRequest } from "../pair/local-http.js";
import type { Pair } from "../pair/pair.js";
import type { ProcessStatus, Supervised } from "../process/supervised.js";
import type { FixedPorts } from "../system/fixed-ports.js";
import type { Endpoints } from "../system/system.js";
import type { SystemWorkload } from "../system/topology.js";
import type { Started } from "./parts.js";

export interface InstanceStatus {
  readonly instance: string;
  readonly kind: "application" | "sidecar" | "store" | "outside";
  /** Of an application or a sidecar. */
  readonly workload?: string;
  /** Language of an application, or what else runs, such as `envoy`. */
  readonly implementation: string;
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
  readonly instances: readonly InstanceStatus[];
  /** Once it is open. */
  readonly endpoints?: Endpoints;
}

export function instanceStatuses(started: Started): Promise<readonly InstanceStatus[]> {
  const pairs = new Map<Supervised, Pair>();
  for (const pair of started.pairs) pairs.set(pair.application, pair).set(pair.sidecar, pair);
  const inOrder = started.stages.flatMap((stage) => [...stage].sort((a, b) => (a.name < b.name ? -1 : 1)));
  return Promise.all(inOrder.map((process) => describe(process, pairs.get(process), started)));
}

export function toEndpoints(
  { edge }: FixedPorts,
  pairs: readonly Pair[],
  secrets: Endpoints["secrets"],
): Endpoints {
  const first = pairs.filter(({ instance: { ordinal, workload } }) => ordinal === 1 && serves(workload));
  return {
    http: `http://127.0.0.1:${edge}`,
    grpc: Object.fromEntries(
      first.map(({ instance, paths }) => [instance.workload.name, `unix:${paths.developer}`]),
    ),
    secrets,
  };
}

async function describe(
  process: Supervised,
  pair: Pair | undefined,
  started: Started,
): Promise<InstanceStatus> {
  const status = process.status();
  return {
    instance: status.name,
    ...whatItIs(process, pair, started),
    version: status.version ?? "",
    health: status.state === "running" ? await healthOf(process, pair) : status.state.toUpperCase(),
    ...(status.pid === undefined ? {} : { pid: status.pid }),
    ports: portsOf(status, process, pair),
    restarts: status.restarts,
    since: status.since,
    ...(status.lastExit === undefined ? {} : { lastExit: status.lastExit }),
  };
}

type WhatItIs = Pick<InstanceStatus, "kind" | "workload" | "implementation" | "sockets">;

function whatItIs(process: Supervised, pair: Pair | undefined, started: Started): WhatItIs {
  if (pair === undefined) {
    const engine = started.stores?.engines.get(process.name);
    return engine === undefined
      ? { kind: "outside", implementation: "simulation", sockets: {} }
      : { kind: "store", implementation: engine, sockets: {} };
  }
  const { app, mesh, admin, developer } = pair.paths;
  const { implementation } = pair.instance;
  const workload = pair.instance.workload.name;
  return pair.sidecar === process
    ? {
        kind: "sidecar",
        workload,
        implementation: "envoy",
        sockets: { mesh, admin, ...(serves(pair.instance.workload) && { developer }) },
      }
    : { kind: "application", workload, implementation: implementation.language, sockets: { app } };
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
  const port = Number(/^127\.0\.0\.1:(\d+)$/.exec(status.address ?? "")?.[1]);
  return Number.isNaN(port) ? {} : { tcp: port };
}
