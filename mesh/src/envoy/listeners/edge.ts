import { SOURCE_HEADER } from "@theseus/kit";
import { methodsCalledBy } from "../../policy/relations.js";
import { http2Server } from "../clusters/http2.js";
import { duration, type Message } from "../message.js";
import { edgeLocalReply } from "../replies/edge-local-reply.js";
import { edgeRoutes, longestAtEdgeMs } from "../routes/edge-routes.js";
import type { SidecarOptions } from "../sidecar-options.js";
import { accessLogOf } from "./access-log.js";
import { httpConnectionManager } from "./http-connection-manager.js";
import { httpInspector, listener, socketAddress } from "./listener.js";
import { tracing } from "./tracing.js";

/** Where clients from outside call, after Envoy's advice for edge proxies. */
export function edgeListener(options: SidecarOptions, port: number): Message {
  const { policy, workload, ports, allowedHosts = [] } = options;
  const methods = methodsCalledBy(policy, workload);
  return listener({
    name: "edge",
    address: socketAddress(ports, port),
    listenerFilters: [httpInspector()],
    filter: httpConnectionManager({
      name: "edge",
      accessLog: accessLogOf(options),
      routes: edgeRoutes(methods, allowedHosts),
      requestHeadersToAdd: [
        {
          header: { key: SOURCE_HEADER, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" },
          append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
        },
      ],
      filters: [],
      localReply: edgeLocalReply(policy),
      settings: { ...edgeSettings(duration(longestAtEdgeMs(methods))), ...tracing(options) },
    }),
  });
}

function edgeSettings(limit: string): Message {
  return {
    codec_type: "AUTO",
    http2_protocol_options: http2Server(100),
    use_remote_address: true,
    // No address counts as internal, not even one of this machine.
    internal_address_config: { unix_sockets: false, cidr_ranges: [] },
    forward_client_cert_details: "SANITIZE",
    always_set_request_id_in_response: true,
    server_header_transformation: "OVERWRITE",
    server_name: "theseus",
    normalize_path: true,
    merge_slashes: true,
    // An escaped slash is part of a resource's name. The application splits before it decodes; nothing is decided by path here.
    path_with_escaped_slashes_action: "KEEP_UNCHANGED",
    // Time for a whole request: as long as the longest upload that the contract allows.
    request_timeout: limit,
    request_headers_timeout: "10s",
    stream_idle_timeout: limit,
    http1_safe_max_connection_duration: true,
    // Less than what the application takes, for what is added on the way.
    max_request_headers_kb: 15,
    common_http_protocol_options: {
      idle_timeout: "60s",
      // It takes no new request then, but runs to the end of those that it has.
      max_connection_duration: "900s",
      max_headers_count: 100,
      headers_with_underscores_action: "REJECT_REQUEST",
    },
  };
}
