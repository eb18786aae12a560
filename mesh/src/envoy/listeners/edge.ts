import { methodsCalledBy } from "../../policy/relations.js";
import { applicationCluster } from "../clusters/application-cluster.js";
import { duration, type Message } from "../message.js";
import { edgeLocalReply } from "../replies/edge-local-reply.js";
import { certainRetries } from "../routes/retry.js";
import type { SidecarOptions } from "../sidecar-options.js";
import { sourceHeader } from "./header-hygiene.js";
import { httpConnectionManager } from "./http-connection-manager.js";
import { listener, loopback } from "./listener.js";

/** How long the application may take to say that a method's time is over. */
const graceMs = 5_000;

/** Where clients from outside call, after Envoy's advice for edge proxies. */
export function edgeListener(options: SidecarOptions, port: number): Message {
  const { policy, workload, paths } = options;
  const longestMs = Math.max(0, ...methodsCalledBy(policy, workload).map(({ timeoutMs }) => timeoutMs));
  const limit = duration(longestMs + graceMs);
  return listener({
    name: "edge",
    address: loopback(port),
    filter: httpConnectionManager({
      name: "edge",
      accessLog: paths.accessLog,
      routes: [
        {
          name: applicationCluster,
          match: { prefix: "/" },
          request_headers_to_add: [
            {
              header: { key: sourceHeader, value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%" },
              append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
            },
          ],
          route: {
            cluster: applicationCluster,
            timeout: "0s",
            idle_timeout: limit,
            max_stream_duration: { max_stream_duration: limit },
            retry_policy: certainRetries(),
          },
        },
      ],
      filters: [],
      localReply: edgeLocalReply(policy),
      settings: edgeSettings(limit),
    }),
  });
}

function edgeSettings(limit: string): Message {
  return {
    codec_type: "AUTO",
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
    max_request_headers_kb: 32,
    common_http_protocol_options: {
      idle_timeout: "3600s",
      max_headers_count: 100,
      headers_with_underscores_action: "REJECT_REQUEST",
    },
  };
}
