import { isIP } from "node:net";
import type { External } from "../../topology.js";
import type { Message } from "../message.js";
import { dnsName, upstreamTls } from "../security/tls.js";
import type { ExternalAccess } from "../sidecar-options.js";
import { circuitBreakers } from "./circuit-breakers.js";
import { http2Client } from "./http2.js";

/** A party outside the mesh: an authority and a name of its own, and no health checks. */
export function externalCluster(external: External, { host, port, identity }: ExternalAccess): Message {
  return {
    name: external.name,
    type: isIP(host) === 0 ? "STRICT_DNS" : "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: http2Client({
      connection_keepalive: { interval: "30s", timeout: "5s" },
    }),
    transport_socket: upstreamTls({ identity, peers: [dnsName(external.serverName)] }, external.serverName),
    circuit_breakers: circuitBreakers({ connections: 16, pending: 64, requests: 256 }),
    load_assignment: {
      cluster_name: external.name,
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }],
        },
      ],
    },
  };
}
