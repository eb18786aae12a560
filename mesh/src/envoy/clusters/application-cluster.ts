import type { Message } from "../message.js";
import { applicationBreakers, type Limits } from "./circuit-breakers.js";
import { http1Client, http2Client } from "./http2.js";

export const applicationCluster = "application";

/** How the application speaks: gRPC, or HTTP/1.1 at the edge. */
export type ApplicationProtocol = "grpc" | "http1";

/**
 * The application behind this sidecar. It has no health check of its own: peers check the application through the
 * sidecar, and while it drains it says NOT_SERVING but must still get the calls that are on their way.
 */
export function localApplication(socket: string, protocol: ApplicationProtocol): Message {
  const limits = { connections: 1024, pending: 256, requests: 1024 };
  return cluster(applicationCluster, { socket, protocol, limits });
}

/**
 * The application, as one caller reaches it: over connections of its own, and for as many calls at a time as one of them
 * holds. A caller that floods, or resets what it asks for, fills and breaks nobody's but its own.
 */
export function applicationOf(caller: string, socket: string): Message {
  const limits = { connections: 1024, pending: 256, requests: 256 };
  return cluster(caller, { socket, protocol: "grpc", limits });
}

interface ClusterOptions {
  readonly socket: string;
  readonly protocol: ApplicationProtocol;
  readonly limits: Limits;
}

function cluster(name: string, { socket, protocol, limits }: ClusterOptions): Message {
  return {
    name,
    // Of a SPIFFE id its last part: from a name with dots nobody could tell methods apart.
    alt_stat_name: name.replace(/^.*\//, "from_"),
    type: "STATIC",
    connect_timeout: "0.5s",
    typed_extension_protocol_options: protocols[protocol],
    circuit_breakers: applicationBreakers(limits),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }],
    },
  };
}

const protocols: Readonly<Record<ApplicationProtocol, Message>> = {
  // Node gives each connection a fixed budget of stream resets; a new connection has a new one.
  grpc: http2Client({}, { max_requests_per_connection: 1000 }),
  // Below the five seconds after which Node closes an idle connection, so that no request meets a closing one.
  http1: http1Client({ idle_timeout: "4s" }),
};
