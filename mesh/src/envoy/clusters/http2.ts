import type { Message } from "../message.js";

/** HTTP/2 towards a caller: streams and memory are bounded, a caller who vanished is noticed. */
export function http2Server(maxStreams: number): Message {
  return {
    max_concurrent_streams: maxStreams,
    // Bytes. 64 KiB a stream, 1 MiB a connection.
    initial_stream_window_size: 65_536,
    initial_connection_window_size: 1_048_576,
    connection_keepalive: { interval: "30s", timeout: "10s" },
  };
}

const type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/** HTTP/2 towards a peer or an application. */
export function http2Client(http2: Message, common: Message = {}): Message {
  return {
    [type]: {
      "@type": `type.googleapis.com/${type}`,
      explicit_http_config: { http2_protocol_options: { max_concurrent_streams: 256, ...http2 } },
      common_http_protocol_options: common,
    },
  };
}

/** HTTP/1.1 towards an application. */
export function http1Client(common: Message): Message {
  return {
    [type]: {
      "@type": `type.googleapis.com/${type}`,
      explicit_http_config: { http_protocol_options: {} },
      common_http_protocol_options: common,
    },
  };
}
