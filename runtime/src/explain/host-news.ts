import { parseJsonLine } from "../process/json-line.js";
import { linesOf, logFiles } from "./log-files.js";

/** What a sidecar has told of a host that it calls. */
export interface HostChange {
  readonly atMs: number;
  /** `ejected` by calls that failed, `failing` by its health checks, or `well`. */
  readonly what: "ejected" | "failing" | "well";
  /** Envoy's word for why: `CONSECUTIVE_GATEWAY_FAILURE`, `NETWORK_TIMEOUT`. */
  readonly why: string;
  /** `127.0.0.1:4711` */
  readonly address: string;
}

/** Somebody's connection to an instance's sidecar that ended in its handshake. */
export interface Handshake {
  readonly instance: string;
  readonly workload: string;
  readonly atMs: number;
  /** Envoy's text. */
  readonly failure: string;
  /** SPIFFE id that the instance has shown. */
  readonly own?: string;
  /** SPIFFE id that the other side has shown, where it came so far. */
  readonly peer?: string;
}

/** What sidecars have logged of each other. */
export interface HostNews {
  /** Hosts that an instance has lost when it had nobody of a workload to call, since one was well; the oldest first. */
  lost(instance: string, workload: string, atMs: number): readonly HostChange[];
  /** At instances of a workload, shortly before a time. */
  handshakes(workload: string, atMs: number): readonly Handshake[];
}

/** How long before it is taken out a host's handshakes have failed. */
const BEFORE_MS = 10_000;

/** Reads the logs of hosts of a folder, when somebody asks. */
export function readHostNews(folder: string): HostNews {
  return {
    lost(instance, workload, atMs) {
      const changes = linesIn(folder, (of) => of === instance)
        .flatMap(({ fields }) => toChange(fields, workload) ?? [])
        .filter((change) => change.atMs <= atMs)
        .sort((a, b) => a.atMs - b.atMs);
      const lastWell = changes.findLastIndex(({ what }) => what === "well");
      const since = changes.slice(lastWell + 1);
      return since.filter(
        ({ address }, at) => since.findLastIndex((each) => each.address === address) === at,
      );
    },
    handshakes(workload, atMs) {
      return linesIn(folder, (of) => of.replace(/-\d+$/, "") === workload)
        .flatMap(({ instance, fields }) => toHandshake(fields, instance, workload) ?? [])
        .filter((each) => each.atMs <= atMs + BEFORE_MS / 10 && each.atMs >= atMs - BEFORE_MS)
        .sort((a, b) => a.atMs - b.atMs);
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function linesIn(folder: string, isWanted: (instance: string) => boolean) {
  return logFiles(folder)
    .filter(({ kind, instance }) => kind === "hosts" && isWanted(instance))
    .flatMap(({ path, instance }) =>
      linesOf(path).flatMap((line) => {
        const fields = parseJsonLine(line);
        return fields === undefined ? [] : [{ instance, fields }];
      }),
    );
}

function toChange(fields: Fields, workload: string): HostChange | undefined {
  const { cluster_name, timestamp, host, upstream_url, action, type } = fields;
  if (cluster_name !== workload) return undefined;
  const atMs = Date.parse(String(timestamp));
  if (action !== undefined) {
    const what = action === "EJECT" ? "ejected" : "well";
    return { atMs, what, why: String(type), address: String(upstream_url) };
  }
  const { socket_address: { address = "", port_value = 0 } = {} } = (host ?? {}) as {
    readonly socket_address?: { readonly address?: string; readonly port_value?: number };
  };
  const failed = (fields.eject_unhealthy_event ?? fields.health_check_failure_event) as
    | { readonly failure_type?: string }
    | undefined;
  if (failed === undefined && fields.add_healthy_event === undefined) return undefined;
  return {
    ...{ atMs, address: `${address}:${port_value}` },
    ...(failed === undefined
      ? { what: "well", why: "" }
      : { what: "failing", why: failed.failure_type ?? "ACTIVE" }),
  };
}

function toHandshake(fields: Fields, instance: string, workload: string): Handshake | undefined {
  const { event, time, failure, own, peer } = fields;
  // Who leaves in the middle of it has not refused it.
  if (event !== "handshake" || typeof failure !== "string" || /system_library/.test(failure))
    return undefined;
  return {
    ...{ instance, workload, failure, atMs: Date.parse(String(time)) },
    ...(typeof own === "string" && { own }),
    ...(typeof peer === "string" && { peer }),
  };
}
