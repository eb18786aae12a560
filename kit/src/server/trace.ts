import { randomBytes } from "node:crypto";
import { Metadata } from "@grpc/grpc-js";
import { newId } from "../values/new-id.js";

const SANE_ID = /^[A-Za-z0-9._-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
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

/** Goes on with the caller's request and trace, or starts one where there is none that can be believed. */
export function continueTrace(incoming: Metadata): Trace {
  const given = header(incoming, "x-request-id");
  const requestId = given !== undefined && SANE_ID.test(given) ? given : newId();
  const parent = TRACEPARENT.exec(header(incoming, "traceparent") ?? "");
  const traceId = parent?.[1] ?? randomBytes(16).toString("hex");
  const spanId = randomBytes(8).toString("hex");
  const outgoing = new Metadata();
  outgoing.set("x-request-id", requestId);
  outgoing.set("traceparent", `00-${traceId}-${spanId}-${parent?.[3] ?? "01"}`);
  const state = parent && header(incoming, "tracestate");
  if (state && state.length <= MAX_STATE) outgoing.set("tracestate", state);
  return { requestId, traceId, spanId, outgoing };
}

/** A header as text; the values of one that comes several times are joined with commas, as HTTP says. */
export function header(metadata: Metadata, name: string): string | undefined {
  const values = metadata.get(name);
  return values.length === 0 ? undefined : values.join(", ");
}
