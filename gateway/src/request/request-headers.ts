import type { IncomingHttpHeaders } from "node:http";
import { Metadata } from "@grpc/grpc-js";
import { continueTrace, parseTraceparent, SOURCE_HEADER, type SpanPlace } from "@theseus/kit";
import { malformed } from "../errors/gateway-error.js";

/** The header that shortens a call's deadline: seconds, as in `2.5s`. */
export const TIMEOUT_HEADER = "X-Request-Timeout";
const TIMEOUT = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)s$/;
const RESERVED =
  /^(grpc-|x-theseus-|x-forwarded-|x-envoy-|proxy-|:)|^(connection|content-.*|cookie|host|keep-alive|te|trailer|transfer-encoding|upgrade|authorization|x-request-id|traceparent|tracestate)$|-bin$/;

/** What goes to the upstream instead of the client's headers. */
export interface Passed<S extends SpanPlace> {
  readonly metadata: Metadata;
  readonly requestId: string;
  /** The request's place in its trace: calls for it are below that. */
  readonly span: S;
}

/** True for a header that may be passed on: one that is not about connections, identity or gRPC. */
export function isPassable(name: string): boolean {
  return /^[a-z0-9_.-]+$/.test(name) && !RESERVED.test(name);
}

/**
 * The only headers of a client that reach the upstream: the access token, the request's id, the trace, and those in
 * `extra`; and the network address that the sidecar at the edge has seen. An id or a trace that is missing or malformed
 * is replaced. `begin` gives the request its place in the trace.
 */
export function passHeaders<S extends SpanPlace>(
  headers: IncomingHttpHeaders,
  extra: readonly string[],
  begin: (parent: SpanPlace | undefined) => S,
): Passed<S> {
  const given = new Metadata();
  for (const name of ["x-request-id", "traceparent", "tracestate"]) copy(headers, name, given);
  const span = begin(parseTraceparent(given.get("traceparent")[0]?.toString()));
  const { requestId, outgoing } = continueTrace(given, span);
  const metadata = outgoing.clone();
  for (const name of ["authorization", SOURCE_HEADER, ...extra]) copy(headers, name, metadata);
  return { metadata, requestId, span };
}

/** The earlier one of the method's timeout and the client's, from `now`. Throws REQUEST_MALFORMED for a bad header. */
export function deadlineOf(headers: IncomingHttpHeaders, timeoutMs: number, now: number): Date {
  const given = headers[TIMEOUT_HEADER.toLowerCase()];
  if (given === undefined) return new Date(now + timeoutMs);
  const seconds = Number(TIMEOUT.exec(String(given))?.[1] ?? 0);
  if (seconds <= 0) {
    throw malformed([
      { field: TIMEOUT_HEADER, rule: "duration", message: 'must be seconds above zero, as in "2.5s"' },
    ]);
  }
  return new Date(now + Math.min(timeoutMs, seconds * 1000));
}

function copy(headers: IncomingHttpHeaders, name: string, metadata: Metadata): void {
  const value = headers[name];
  const text = Array.isArray(value) ? value.join(",") : value;
  if (text !== undefined && /^[\x20-\x7e]*$/.test(text)) metadata.set(name, text);
}
