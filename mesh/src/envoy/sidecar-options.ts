import type { MeshPolicy } from "../policy/mesh-policy.js";
import type { Topology } from "../topology.js";

/** Everything that decides one instance's sidecar. Paths are absolute; unix sockets at most 107 bytes long. */
export interface SidecarOptions {
  readonly policy: MeshPolicy;
  readonly topology: Topology;
  readonly workload: string;
  /** Distinguishes instances of a workload, e.g. `1`. */
  readonly instance: string;
  /** What runs behind it, as its access log says it: `go@4f1c2ab90d12`. Absent where nobody knows. */
  readonly implementation?: string;
  readonly paths: SidecarPaths;
  readonly ports: SidecarPorts;
  /** Host names that the edge is asked for, besides those of this machine; in lower case, without a port. Default: none. */
  readonly allowedHosts?: readonly string[];
  /** The parties outside that the workload calls, by their names in the topology. */
  readonly externals?: Readonly<Record<string, ExternalAccess>>;
  /** Who is told of each request as a span; nobody when absent. */
  readonly traces?: TraceReceiver | undefined;
}

/** A receiver of OTLP over HTTP. */
export interface TraceReceiver {
  /** Its base URL, `http://` or `https://`. */
  readonly url: string;
}

export interface SidecarPaths {
  /** Unix socket on which the application listens. */
  readonly app: string;
  /** Unix socket on which the sidecar listens for the application's own calls. */
  readonly outbound: string;
  /** Unix socket of Envoy's admin interface. */
  readonly admin: string;
  /** Unix socket for people with grpcurl, in a folder of their own; absent outside local runs. */
  readonly developer?: string;
  /** Unix socket of whoever compares implementations by copies of calls; absent where nobody can. */
  readonly shadow?: string;
  /** Folder of the dynamic files: `<workload>.eds.json` of each peer, and where it serves something `tokenFilterFile`. */
  readonly xds: string;
  /** Folder of this workload's identity, swapped as a set by `keepIdentity`. */
  readonly identity: string;
  readonly accessLog: string;
  /** File that is told which hosts are taken out and let in again, and which handshakes fail. Default: nobody is told. */
  readonly hostLog?: string;
}

/** Where an outside party listens, and the identity for TLS with it. */
export interface ExternalAccess {
  readonly host: string;
  readonly port: number;
  /** Folder of what this workload shows, and of the authority that the party's certificate must come from. */
  readonly identity: string;
}

/** Ports; 0 lets the system choose (read it back from the admin's `/listeners?format=json`). */
export interface SidecarPorts {
  /** Address of all of them. Default loopback; `0.0.0.0` where the sidecar has a network namespace of its own. */
  readonly address?: string;
  /** mTLS port for other sidecars; only for workloads that serve something. */
  readonly mesh?: number;
  /** HTTP port for clients; only for the workload at the edge. */
  readonly edge?: number;
}
