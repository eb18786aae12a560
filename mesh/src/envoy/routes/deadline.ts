import { duration, type Message } from "../message.js";

/** Caps a call at the method's timeout; an earlier deadline of the caller's (`grpc-timeout`) holds and is passed on. */
export function deadline(timeoutMs: number): Message {
  return {
    timeout: "0s",
    idle_timeout: duration(timeoutMs),
    max_stream_duration: {
      max_stream_duration: duration(timeoutMs),
      grpc_timeout_header_max: duration(timeoutMs),
    },
  };
}
