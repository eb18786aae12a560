import { healthCheckPath } from "../clusters/health-check.js";
import { extension, type Message } from "../message.js";
import type { SidecarOptions } from "../sidecar-options.js";

export interface AccessLog {
  readonly path: string;
  readonly implementation?: string;
}

export function accessLogOf({ paths, implementation }: SidecarOptions): AccessLog {
  return { path: paths.accessLog, ...(implementation !== undefined && { implementation }) };
}

/**
 * One JSON line a request, with ids but no other headers and no query: tokens and personal data never reach it. What a
 * caller chooses is cut. Of an error it has what the contract lets everybody know.
 */
export function accessLog({ path, implementation }: AccessLog, listener: string): Message {
  return {
    ...extension("envoy.access_loggers.file", "envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path,
      log_format: {
        json_format: { ...fields(listener), ...(implementation !== undefined && { implementation }) },
        omit_empty_values: true,
      },
    }),
    filter: {
      header_filter: {
        header: { name: ":path", string_match: { exact: healthCheckPath }, invert_match: true },
      },
    },
  };
}

function fields(listener: string): Message {
  return {
    time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    listener,
    request_id: "%REQ(X-REQUEST-ID):128%",
    traceparent: "%REQ(TRACEPARENT):128%",
    // What is left of the deadline, as the caller says it: `1990m`.
    grpc_timeout: "%REQ(GRPC-TIMEOUT):16%",
    peer: "%DOWNSTREAM_PEER_URI_SAN%",
    method: "%REQ(:METHOD):32%",
    path: "%PATH(NQ:PATH):256%",
    route: "%ROUTE_NAME%",
    status: "%RESPONSE_CODE%",
    grpc_status: "%GRPC_STATUS(SNAKE_STRING)%",
    // Reason, metadata and broken rules as they were answered, in base64: in the headers where there is nothing else.
    status_details: "%TRAILER(GRPC-STATUS-DETAILS-BIN):2048%",
    status_details_alone: "%RESP(GRPC-STATUS-DETAILS-BIN):2048%",
    flags: "%RESPONSE_FLAGS%",
    details: "%RESPONSE_CODE_DETAILS%",
    upstream: "%UPSTREAM_CLUSTER%",
    upstream_host: "%UPSTREAM_HOST%",
    attempts: "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
    duration_ms: "%DURATION%",
    request_ms: "%REQUEST_DURATION%",
    response_ms: "%RESPONSE_DURATION%",
    bytes_in: "%BYTES_RECEIVED%",
    bytes_out: "%BYTES_SENT%",
  };
}
