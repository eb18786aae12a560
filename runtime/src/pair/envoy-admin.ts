import { mirrorPaths } from "@theseus/mesh/envoy";
import { localRequest } from "./local-http.js";

interface Listeners {
  readonly listener_statuses?: readonly {
    readonly name?: string;
    readonly local_address?: { readonly socket_address?: { readonly port_value?: number } };
  }[];
}

interface Clusters {
  readonly cluster_statuses?: readonly {
    readonly name?: string;
    readonly host_statuses?: readonly {
      readonly address?: {
        readonly socket_address?: { readonly address?: string; readonly port_value?: number };
      };
      readonly weight?: number;
      /** Absent for 0. */
      readonly priority?: number;
      readonly health_status?: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

interface FilterDump {
  readonly configs?: readonly { readonly version_info?: string }[];
}

interface Certificates {
  readonly certificates?: readonly {
    readonly cert_chain?: readonly { readonly serial_number?: string }[];
  }[];
}

/** Does this Envoy serve? */
export async function isLive(admin: string): Promise<boolean> {
  const { status } = await localRequest({ at: { socketPath: admin }, path: "/ready", timeoutMs: 2_000 });
  return status === 200;
}

/** The ports that its listeners got, by listener name. */
export async function listenerPorts(admin: string): Promise<ReadonlyMap<string, number>> {
  const { listener_statuses = [] } = await ask<Listeners>(admin, "/listeners?format=json");
  const ports = new Map<string, number>();
  for (const { name, local_address } of listener_statuses) {
    const port = local_address?.socket_address?.port_value;
    if (name !== undefined && port !== undefined) ports.set(name, port);
  }
  return ports;
}

/** Those of the named clusters that have no healthy host, by its own health checks. */
export async function unreachable(admin: string, names: readonly string[]): Promise<readonly string[]> {
  const { cluster_statuses = [] } = await ask<Clusters>(admin, "/clusters?format=json");
  return cluster_statuses
    .filter(({ name }) => name !== undefined && names.includes(name))
    .filter(({ host_statuses = [] }) => !host_statuses.some(({ health_status }) => isHealthy(health_status)))
    .map(({ name }) => name ?? "");
}

/** What a sidecar knows of one host of a cluster. */
export interface KnownHost {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
  readonly isDraining: boolean;
  /** It gets calls only as long as no other one is well. */
  readonly isReserve: boolean;
  /** Its last health check was good, whether it drains or not. */
  readonly answers: boolean;
  /** By the sidecar's own health checks, and not draining. */
  readonly isHealthy: boolean;
  /** It was asked, and failed too many checks. */
  readonly failsChecks: boolean;
  /** It was taken out for a while, since calls to it failed. */
  readonly isEjected: boolean;
}

/** The hosts of each cluster as the sidecar has taken them, by cluster. */
export async function knownHosts(admin: string): Promise<ReadonlyMap<string, readonly KnownHost[]>> {
  const { cluster_statuses = [] } = await ask<Clusters>(admin, "/clusters?format=json");
  return new Map(
    cluster_statuses.map(({ name = "", host_statuses = [] }) => [
      name,
      host_statuses.map(({ address, weight = 1, priority = 0, health_status }) => ({
        address: address?.socket_address?.address ?? "",
        port: address?.socket_address?.port_value ?? 0,
        weight,
        answers: answers(health_status),
        isReserve: priority > 0,
        isDraining: health_status?.eds_health_status === "DRAINING",
        isHealthy: isHealthy(health_status),
        failsChecks:
          health_status?.failed_active_health_check === true && health_status.pending_active_hc !== true,
        isEjected: health_status?.failed_outlier_check === true,
      })),
    ]),
  );
}

/** The version of the filter that it checks access tokens with; undefined while it has none. */
export async function takenTokenFilter(admin: string): Promise<string | undefined> {
  const { configs = [] } = await ask<FilterDump>(admin, "/config_dump?resource=ecds_filters");
  return configs[0]?.version_info;
}

/** The serial numbers of the certificates that it shows, in lower-case hexadecimal. */
export async function shownSerials(admin: string): Promise<ReadonlySet<string>> {
  const { certificates = [] } = await ask<Certificates>(admin, "/certs");
  const chains = certificates.flatMap(({ cert_chain = [] }) => cert_chain);
  return new Set(chains.map(({ serial_number = "" }) => serial_number.toLowerCase()));
}

/** Makes it reopen its log files after they were moved away. */
export async function reopenLogs(admin: string): Promise<void> {
  await localRequest({ at: { socketPath: admin }, method: "POST", path: "/reopen_logs" });
}

/** Makes it copy all calls that have no side effects, or none. */
export async function setMirror(admin: string, state: keyof typeof mirrorPaths): Promise<void> {
  const at = { socketPath: admin };
  const { status } = await localRequest({ at, method: "POST", path: mirrorPaths[state], timeoutMs: 5_000 });
  if (status !== 200)
    throw new Error(`the sidecar's admin interface answered ${status} to ${mirrorPaths[state]}`);
}

type HealthStatus = Readonly<Record<string, unknown>> | undefined;

function isHealthy(status: HealthStatus): boolean {
  return (status?.eds_health_status ?? "HEALTHY") === "HEALTHY" && answers(status);
}

/** Each failed check of a kind is a field that is true; so is the first check that is still to come. */
function answers(status: HealthStatus): boolean {
  return !Object.values(status ?? {}).some((value) => value === true);
}

async function ask<Answer>(admin: string, path: string): Promise<Answer> {
  const { status, body } = await localRequest({ at: { socketPath: admin }, path, timeoutMs: 5_000 });
  if (status !== 200) throw new Error(`the sidecar's admin interface answered ${status} to ${path}`);
  return JSON.parse(body) as Answer;
}
