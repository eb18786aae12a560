import { isAtEdge } from "../../topology.js";
import type { Message } from "../message.js";
import { grpcLocalReply, unreachedHeader } from "../replies/grpc-local-reply.js";
import { outboundRoutes } from "../routes/outbound-routes.js";
import type { SidecarOptions } from "../sidecar-options.js";
import { accessLogOf } from "./access-log.js";
import { httpConnectionManager } from "./http-connection-manager.js";
import { listener, unixSocket } from "./listener.js";
import { tracing } from "./tracing.js";

/** Where the application calls everybody else, by fully qualified service name. */
export function outboundListener(options: SidecarOptions): Message {
  const { policy, topology, workload, paths } = options;
  return listener({
    name: "outbound",
    address: unixSocket(paths.outbound),
    isPrivate: true,
    filter: httpConnectionManager({
      name: "outbound",
      accessLog: accessLogOf(options),
      routes: outboundRoutes(policy, topology, workload),
      // What a service calls is its own call. The workload at the edge hands on the calls of clients.
      passesSource: isAtEdge(topology, workload),
      responseHeadersToRemove: [unreachedHeader],
      filters: [],
      localReply: grpcLocalReply(policy, { markUnreached: false }),
      settings: {
        codec_type: "AUTO",
        stream_error_on_invalid_http_message: true,
        forward_client_cert_details: "SANITIZE",
        ...tracing(options),
      },
    }),
  });
}
