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
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { parseAddress } from "../process/listen-address.js";
import { toLogRecord } from "./log-record.js";
import type { SpanPlace } from "./span-place.js";
import type { CallEnd, CallSpan, Telemetry, Telling } from "./telemetry.js";
import type { TelemetryOptions } from "./telemetry-variables.js";

const SCOPE = "theseus";
/** What a stop gives to the last spans, metrics and records. */
const LAST_EXPORT_MS = 1000;
/** Upper bounds in seconds, as the semantic conventions advise. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Codes that are a server's own fault (OpenTelemetry semantic conventions for gRPC); to a client every refusal is one. */
const SERVER_FAULTS: ReadonlySet<string> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);

/** Telemetry by OTLP over HTTP, in Protobuf. */
export function openTelemetry(options: TelemetryOptions, process: Telling): Telemetry {
  const resource = resourceOf(process);
  const url = (signal: string) => new URL(`v1/${signal}`, withSlash(options.endpoint)).href;
  const spans = new BasicTracerProvider({
    resource,
    spanProcessors: [
      new BatchSpanProcessor(new OTLPTraceExporter({ url: url("traces") }), {
        scheduledDelayMillis: options.spanDelayMs,
      }),
    ],
  });
  const metrics = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: url("metrics") }),
        exportIntervalMillis: options.metricIntervalMs,
        exportTimeoutMillis: Math.min(options.metricIntervalMs, 10_000),
      }),
    ],
  });
  const records = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({ url: url("logs") }),
        scheduledDelayMillis: options.recordDelayMs,
      }),
    ],
  });
  const tracer = spans.getTracer(SCOPE);
  const meter = metrics.getMeter(SCOPE);
  const logger = records.getLogger(SCOPE);
  const server = { kind: SpanKind.SERVER, duration: durationOf(meter, "rpc.server.call.duration") };
  const client = { kind: SpanKind.CLIENT, duration: durationOf(meter, "rpc.client.call.duration") };
  return {
    isOn: true,
    answering: (method, parent) => begin(tracer, server, { method, parent, attributes: {} }),
    calling: (method, parent, address) =>
      begin(tracer, client, { method, parent, attributes: serverAttributes(address) }),
    record: (line) => {
      const record = toLogRecord(line);
      if (record !== undefined) logger.emit(record);
    },
    async [Symbol.asyncDispose]() {
      const last = Promise.allSettled([spans.shutdown(), metrics.shutdown(), records.shutdown()]);
      await Promise.race([last, late(LAST_EXPORT_MS)]);
    },
  };
}

interface Side {
  readonly kind: SpanKind;
  readonly duration: Histogram;
}

interface CallStart {
  /** `/package.Service/Method` */
  readonly method: string;
  readonly parent: SpanPlace | undefined;
  readonly attributes: Attributes;
}

function begin(
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

function contextOf(parent: SpanPlace | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, flags } = parent;
  const place = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, place);
}

function durationOf(meter: Meter, name: string): Histogram {
  return meter.createHistogram(name, { unit: "s", advice: { explicitBucketBoundaries: BUCKETS } });
}

function serverAttributes(address: string): Attributes {
  const parsed = parseAddress(address);
  if (parsed === undefined) return {};
  return "port" in parsed
    ? { "server.address": parsed.host, "server.port": parsed.port }
    : { "server.address": parsed.path };
}

/** OTEL_RESOURCE_ATTRIBUTES and, whatever that says, what the process knows of itself. */
function resourceOf({ name, version }: Telling): Resource {
  const own = resourceFromAttributes({ "service.name": name, "service.version": version });
  return detectResources({ detectors: [envDetector] }).merge(own);
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}

function late(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
