import { extension, type Message, typed } from "../message.js";

const name = "envoy.filters.http.buffer";

const exactFilter = "theseus.rbac.size";
const rbacType = "envoy.extensions.filters.http.rbac.v3.RBAC";

/** Name of the rule that refuses what is too large; Envoy shows it in its response code details. */
export const tooLarge = "too-large";

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

/**
 * Stands behind the buffer, which stops a request while it arrives, and lets one pass that arrives as a single frame. A
 * request that passed is whole, and its content-length true. Only for routes with `exactSizeRules`.
 */
export function exactSizeFilter(): Message {
  return extension(exactFilter, rbacType);
}

/** Refuses what is larger by a single byte: for sizes that the application does not measure itself. */
export function exactSizeRules(maxRequestBytes: number): Message {
  const larger = { start: maxRequestBytes + framingBytes + 1, end: Number.MAX_SAFE_INTEGER };
  const policy = {
    permissions: [{ header: { name: "content-length", range_match: larger } }],
    principals: [{ any: true }],
  };
  const rbac = { rules: { action: "DENY", policies: { [tooLarge]: policy } } };
  return { [exactFilter]: typed("envoy.extensions.filters.http.rbac.v3.RBACPerRoute", { rbac }) };
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
