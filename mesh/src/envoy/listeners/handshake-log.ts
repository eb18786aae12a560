import { extension, type Message } from "../message.js";

/** One JSON line for each connection that ended in its handshake, with what was wrong. */
export function handshakeLog(path: string): Message {
  return {
    ...extension("envoy.access_loggers.file", "envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path,
      log_format: { json_format: fields, omit_empty_values: true },
    }),
    filter: {
      extension_filter: extension(
        "envoy.access_loggers.extension_filters.cel",
        "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
        { expression: "connection.transport_failure_reason != ''" },
      ),
    },
  };
}

const fields: Message = {
  time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
  event: "handshake",
  failure: "%DOWNSTREAM_TRANSPORT_FAILURE_REASON%",
  peer: "%DOWNSTREAM_PEER_URI_SAN%",
  peer_until: "%DOWNSTREAM_PEER_CERT_V_END%",
  own: "%DOWNSTREAM_LOCAL_URI_SAN%",
};
