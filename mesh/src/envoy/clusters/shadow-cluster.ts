import type { Message } from "../message.js";
import { http2Client } from "./http2.js";

export const shadowCluster = "shadow";

/**
 * Whoever gets copies of calls. Nobody waits for it, and what it does not take is lost: a copy ends after a second, and there are
 * never more of them than these.
 */
export function comparer(socket: string): Message {
  return {
    name: shadowCluster,
    type: "STATIC",
    connect_timeout: "0.25s",
    typed_extension_protocol_options: http2Client(
      { connection_keepalive: { interval: "2s", timeout: "2s" } },
      { max_stream_duration: "1s" },
    ),
    circuit_breakers: {
      thresholds: [
        {
          max_connections: 1,
          max_pending_requests: 64,
          max_requests: 64,
          max_retries: 0,
          track_remaining: true,
        },
      ],
    },
    load_assignment: {
      cluster_name: shadowCluster,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: socket } } } }] }],
    },
  };
}
