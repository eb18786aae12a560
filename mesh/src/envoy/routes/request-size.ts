import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.buffer";

/** gRPC's prefix of each message: a flag and the length. */
const framingBytes = 5;

/** Buffers a request until it is complete. Routes say how large it may be; without such a rule almost nothing passes. */
export function requestSizeFilter(): Message {
  return extension(name, "envoy.extensions.filters.http.buffer.v3.Buffer", { max_request_bytes: 1 });
}

/** Largest request of a method that takes one message, as `typed_per_filter_config` of its route. */
export function requestSizeRules(maxRequestBytes: number): Message {
  return { [name]: perRoute({ buffer: { max_request_bytes: maxRequestBytes + framingBytes } }) };
}

/** For methods that take a stream: buffering would hold the messages back; the application checks each by itself. */
export function unbuffered(): Message {
  return { [name]: perRoute({ disabled: true }) };
}

/** Room to keep a whole request for another try; Envoy gives up repeating what is larger than its buffer. */
export function repeatableSize(maxRequestBytes: number): Message {
  return { request_body_buffer_limit: maxRequestBytes + framingBytes };
}

function perRoute(fields: Message): Message {
  return typed("envoy.extensions.filters.http.buffer.v3.BufferPerRoute", fields);
}
