import type { Idempotency, MethodPolicy } from "../../policy/mesh-policy.js";
import { duration, extension, type Message } from "../message.js";
import { unreachedHeader } from "../replies/grpc-local-reply.js";

/** The request certainly never reached the application: no connection, not accepted by the peer, or refused before it was read. */
const certain = ["connect-failure", "refused-stream", "reset-before-request", "retriable-headers"];

/** The application may have seen the request. */
const uncertain = ["reset", "unavailable"];

/** Retries follow the contract's idempotency level; what is not idempotent is repeated only when it never arrived. */
export function retryPolicy(method: MethodPolicy): Message {
  return {
    retry_on: conditions(method.idempotency).join(","),
    retriable_headers: [{ name: unreachedHeader, present_match: true }],
    // For two seconds or longer: another instance is asked at once, and one that is started anew is waited for.
    num_retries: 20,
    retry_back_off: { base_interval: "0.025s", max_interval: "0.5s" },
    ...perTryTimeout(method),
    retry_host_predicate: [
      extension(
        "envoy.retry_host_predicates.previous_hosts",
        "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
      ),
    ],
    host_selection_retry_max_attempts: 3,
  };
}

function conditions(idempotency: Idempotency): readonly string[] {
  switch (idempotency) {
    case "no-side-effects":
    case "idempotent":
      return [...certain, ...uncertain];
    case "unset":
      return certain;
    default:
      return idempotency satisfies never;
  }
}

/** A read that hangs leaves time to try another instance; for a stream there is no such time. */
function perTryTimeout({ idempotency, clientStreaming, serverStreaming, timeoutMs }: MethodPolicy): Message {
  if (idempotency !== "no-side-effects" || clientStreaming || serverStreaming) return {};
  return { per_try_timeout: duration(timeoutMs / 2) };
}

/** Outside parties and the application itself never set `unreachedHeader`: only what Envoy notices counts. */
export function certainRetries(): Message {
  return {
    retry_on: certain.filter((condition) => condition !== "retriable-headers").join(","),
    num_retries: 1,
    retry_back_off: { base_interval: "0.025s", max_interval: "0.25s" },
  };
}

/** A health check may be repeated whatever has become of it: one that meets the end of its application waits for the next. */
export function healthRetries(): Message {
  return { ...applicationRetries(), retry_on: [...certain, "reset"].join(",") };
}

/**
 * Towards this sidecar's own application: a socket that takes no connection is asked again for about three seconds, so that
 * calls wait for a process that is started anew instead of failing. What it did not take never reached it.
 */
export function applicationRetries(): Message {
  return {
    retry_on: certain.filter((condition) => condition !== "retriable-headers").join(","),
    num_retries: 30,
    retry_back_off: { base_interval: "0.025s", max_interval: "0.2s" },
  };
}
