import { isIP } from "node:net";
import { extension, type Message } from "../message.js";
import type { TraceReceiver } from "../sidecar-options.js";
import { http1Client } from "./http2.js";

export const receiverCluster = "telemetry";

/** Where spans are sent; nobody waits for it, and what it does not take is lost. */
export function receiver(to: TraceReceiver): Message {
  const { hostname, port, protocol } = new URL(to.url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return {
    name: receiverCluster,
    type: isIP(host) === 0 ? "STRICT_DNS" : "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: http1Client({ idle_timeout: "4s" }),
    ...(protocol === "https:" && { transport_socket: publicTls(host) }),
    circuit_breakers: {
      thresholds: [{ max_connections: 2, max_pending_requests: 16, max_requests: 16, max_retries: 0 }],
    },
    load_assignment: {
      cluster_name: receiverCluster,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: { socket_address: { address: host, port_value: portOf(port, protocol) } },
              },
            },
          ],
        },
      ],
    },
  };
}

/** Where spans go below the receiver's base URL. */
export function receiverUrl({ url }: TraceReceiver): string {
  return new URL("v1/traces", url.endsWith("/") ? url : `${url}/`).href;
}

function portOf(port: string, protocol: string): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

/** TLS with somebody outside whom an authority that the machine trusts vouches for. */
function publicTls(host: string): Message {
  return extension(
    "envoy.transport_sockets.tls",
    "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
    {
      sni: host,
      common_tls_context: {
        validation_context: {
          system_root_certs: {},
          match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: host } }],
        },
      },
    },
  );
}
