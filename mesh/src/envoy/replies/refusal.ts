import { extension, type Message } from "../message.js";
import { tooLarge } from "../routes/request-size.js";
import { tokenMissing } from "../security/rbac.js";

/** What a sidecar answers by itself, and how it recognises the case. */
export interface Refusal {
  readonly reason: string;
  readonly message: string;
  readonly when: Message;
}

/** In order: the first that fits is the answer. */
export const refusals: readonly Refusal[] = [
  {
    reason: "TOKEN_INVALID",
    message: "the access token is not valid",
    when: details(`startsWith("jwt_authn_access_denied")`),
  },
  {
    reason: "TOKEN_MISSING",
    message: "an access token is needed",
    when: details(`contains("[${tokenMissing}]")`),
  },
  {
    reason: "REQUEST_TOO_LARGE",
    message: "the request is too large",
    when: details(`contains("[${tooLarge}]")`),
  },
  {
    reason: "CALLER_DENIED",
    message: "this call is not allowed",
    when: details(`startsWith("rbac_access_denied")`),
  },
  { reason: "RATE_LIMITED", message: "too many calls", when: status("EQ", 429) },
  { reason: "REQUEST_TOO_LARGE", message: "the request is too large", when: status("EQ", 413) },
  { reason: "UNIMPLEMENTED", message: "no such method", when: status("EQ", 404) },
  {
    reason: "DEADLINE_EXCEEDED",
    message: "the deadline has passed",
    // Not a connection's timeout, which Envoy names inside braces.
    when: details(`endsWith("_timeout")`),
  },
  { reason: "SERVICE_UNAVAILABLE", message: "the service cannot be reached", when: status("GE", 500) },
];

/** The request has certainly not reached the application: nothing to connect to, or no room. */
export const unreached: Refusal = {
  reason: "SERVICE_UNAVAILABLE",
  message: "the service cannot be reached",
  when: flags("UF", "UO", "UH", "OM"),
};

function details(test: string): Message {
  return {
    extension_filter: extension(
      "envoy.access_loggers.extension_filters.cel",
      "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
      { expression: `response.code_details.${test}` },
    ),
  };
}

function flags(...names: readonly string[]): Message {
  return { response_flag_filter: { flags: names } };
}

export function status(op: "EQ" | "GE", code: number): Message {
  return {
    status_code_filter: {
      comparison: { op, value: { default_value: code, runtime_key: `theseus.status.${code}` } },
    },
  };
}
