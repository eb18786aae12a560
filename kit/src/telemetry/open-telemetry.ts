import { type Attributes, SpanKind } from "@opentelemetry/api";
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
import { beginCall, durationOf } from "./call-span.js";
import { toLogRecord } from "./log-record.js";
import { requestSpans } from "./request-span.js";
import type { Telemetry, Telling } from "./telemetry.js";
import type { TelemetryOptions } from "./telemetry-variables.js";

const SCOPE = "theseus";
/** What a stop gives to the last spans, metrics and records. */
const LAST_EXPORT_MS = 1000;

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
  const requests = requestSpans(tracer, meter);
  return {
    isOn: true,
    requested: requests.begin,
    answering: (method, parent) => beginCall(tracer, server, { method, parent, attributes: {} }),
    calling: (method, parent, address) =>
      beginCall(tracer, client, { method, parent, attributes: serverAttributes(address) }),
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
