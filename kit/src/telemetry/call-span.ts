import {
  type Attributes,
  type Context,
  type Histogram,
  type Meter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { SERVER_FAULTS } from "../errors/server-faults.js";
import type { SpanPlace } from "./span-place.js";
import type { CallEnd, CallSpan } from "./telemetry.js";

/** Upper bounds in seconds, as the semantic conventions advise. */
export const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** One side of calls: that which answers them, or that which makes them. */
export interface Side {
  readonly kind: SpanKind;
  readonly duration: Histogram;
}

export interface CallStart {
  /** `/package.Service/Method` */
  readonly method: string;
  readonly parent: SpanPlace | undefined;
  readonly attributes: Attributes;
}

/** Begins the span of a call; its end counts in the histogram too. */
export function beginCall(
  tracer: Tracer,
  { kind, duration }: Side,
  { method, parent, attributes }: CallStart,
): CallSpan {
  const name = method.slice(1);
  const known = { "rpc.system.name": "grpc", "rpc.method": name, ...attributes };
  const started = performance.now();
  const span = tracer.startSpan(name, { kind, attributes: known }, contextOf(parent));
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    flags: parent?.flags ?? "01",
    end({ code, reason, requestId }: CallEnd) {
      const isFault = kind === SpanKind.CLIENT ? code !== "OK" : SERVER_FAULTS.has(code);
      const ended = { "rpc.response.status_code": code, ...(isFault && { "error.type": code }) };
      duration.record((performance.now() - started) / 1000, { ...known, ...ended });
      span.setAttributes({
        ...ended,
        ...(reason !== undefined && { "theseus.reason": reason }),
        ...(requestId !== undefined && { "theseus.request_id": requestId }),
      });
      if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** The context whose span is the parent. */
export function contextOf(parent: SpanPlace | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  const place = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, place);
}

/** How long calls take, in seconds. */
export function durationOf(meter: Meter, name: string): Histogram {
  return meter.createHistogram(name, { unit: "s", advice: { explicitBucketBoundaries: BUCKETS } });
}
