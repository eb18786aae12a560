import {
  type Attributes,
  type Histogram,
  type Meter,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from "@opentelemetry/api";
import { BUCKETS, contextOf } from "./call-span.js";
import type { SpanPlace } from "./span-place.js";
import type { RequestSpan } from "./telemetry.js";

const METHODS: readonly string[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "TRACE",
  "CONNECT",
];
const OTHER = "_OTHER";

export interface RequestSpans {
  begin(method: string, parent: SpanPlace | undefined): RequestSpan;
}

/** Spans and durations of HTTP requests, by the stable semantic conventions for HTTP servers. */
export function requestSpans(tracer: Tracer, meter: Meter): RequestSpans {
  const duration: Histogram = meter.createHistogram("http.server.request.duration", {
    unit: "s",
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  return {
    begin(given, parent) {
      const method = METHODS.includes(given) ? given : OTHER;
      const known = { "http.request.method": method, "url.scheme": "http" };
      const started = performance.now();
      const options = { kind: SpanKind.SERVER, attributes: known };
      const span = tracer.startSpan(nameOf(method), options, contextOf(parent));
      const { traceId, spanId } = span.spanContext();
      return {
        traceId,
        spanId,
        flags: parent?.flags ?? "01",
        end({ route, status, requestId, reason }) {
          const isFault = status >= 500;
          const ended: Attributes = {
            ...(route !== undefined && { "http.route": route }),
            "http.response.status_code": status,
            ...(isFault && { "error.type": String(status) }),
          };
          duration.record((performance.now() - started) / 1000, { ...known, ...ended });
          span.setAttributes({
            ...ended,
            "theseus.request_id": requestId,
            ...(reason !== undefined && { "theseus.reason": reason }),
          });
          if (route !== undefined) span.updateName(`${nameOf(method)} ${route}`);
          if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
  };
}

function nameOf(method: string): string {
  return method === OTHER ? "HTTP" : method;
}
