import { Metadata } from "@grpc/grpc-js";
import { formatTraceparent, parseTraceparent, type SpanPlace } from "../telemetry/span-place.js";
import { noTelemetry } from "../telemetry/telemetry.js";
import { newId } from "../values/new-id.js";

const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Characters of a `tracestate` that W3C Trace Context asks everybody to pass on; a longer one is dropped. */
const MAX_STATE = 512;

/** Where a call stands in its request: the request's id and its place in the W3C trace. */
export interface Trace {
  /** The caller's `x-request-id` when it is sane (1–128 of `[A-Za-z0-9._-]`), else a new one. */
  readonly requestId: string;
  /** 32 hex digits, the caller's or new. */
  readonly traceId: string;
  /** 16 hex digits, new: this call is a span of its own. */
  readonly spanId: string;
  /** Headers for the calls that this one causes: they are its children. */
  readonly outgoing: Metadata;
}

/**
 * Goes on with the caller's request and trace, or starts one where there is none that can be believed. `own` is this
 * call's place in it where that is made already.
 */
export function continueTrace(incoming: Metadata, own?: SpanPlace): Trace {
  const given = header(incoming, "x-request-id");
  const requestId = given !== undefined && SANE_ID.test(given) ? given : newId();
  const parent = parseTraceparent(header(incoming, "traceparent"));
  const place = own ?? noTelemetry.answering("", parent);
  const outgoing = new Metadata();
  outgoing.set("x-request-id", requestId);
  outgoing.set("traceparent", formatTraceparent(place));
  const state = parent && header(incoming, "tracestate");
  if (state && state.length <= MAX_STATE) outgoing.set("tracestate", state);
  return { requestId, traceId: place.traceId, spanId: place.spanId, outgoing };
}

/** A header as text; the values of one that comes several times are joined with commas, as HTTP says. */
export function header(metadata: Metadata, name: string): string | undefined {
  const values = metadata.get(name);
  return values.length === 0 ? undefined : values.join(", ");
}
