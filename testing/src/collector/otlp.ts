import otlp from "@opentelemetry/otlp-transformer/build/src/generated/root.js";

type Message = Readonly<Record<string, unknown>>;

/** A message as protobufjs has compiled it; the package declares no types. */
interface MessageType {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Message;
}

interface Requests {
  readonly trace: { readonly v1: { readonly ExportTraceServiceRequest: MessageType } };
  readonly metrics: { readonly v1: { readonly ExportMetricsServiceRequest: MessageType } };
  readonly logs: { readonly v1: { readonly ExportLogsServiceRequest: MessageType } };
}

const { collector } = (
  otlp as unknown as { readonly opentelemetry: { readonly proto: { readonly collector: Requests } } }
).opentelemetry.proto;

/** What a process tells of itself, by the paths of OTLP over HTTP. */
export type Signal = "traces" | "metrics" | "logs";

/** What an attribute can be. */
export type Value = string | number | boolean | null | Fields | readonly Value[];

/** A message, with its fields by their names. */
export interface Fields {
  readonly [name: string]: Value;
}

/** A span, a data point of a metric or a log record, as cases name its parts. */
export type Told = Fields;

const REQUESTS = {
  traces: collector.trace.v1.ExportTraceServiceRequest,
  metrics: collector.metrics.v1.ExportMetricsServiceRequest,
  logs: collector.logs.v1.ExportLogsServiceRequest,
} as const;

/** What a request of OTLP tells, one entry for each span, data point or record. Throws for bytes that are none. */
export function readOtlp(signal: Signal, bytes: Uint8Array): readonly Told[] {
  const request = REQUESTS[signal].decode(bytes);
  const message = REQUESTS[signal].toObject(request as never, {
    longs: String,
    bytes: Buffer,
    enums: String,
  });
  switch (signal) {
    case "traces":
      return listOf(message.resourceSpans).flatMap(spansOf);
    case "metrics":
      return listOf(message.resourceMetrics).flatMap(pointsOf);
    case "logs":
      return listOf(message.resourceLogs).flatMap(recordsOf);
    default:
      return signal satisfies never;
  }
}

function spansOf(from: Message): readonly Told[] {
  const resource = resourceOf(from);
  return listOf(from.scopeSpans).flatMap(({ spans }) =>
    listOf(spans).map((span) => ({
      trace: hex(span.traceId),
      span: hex(span.spanId),
      parent: hex(span.parentSpanId),
      name: String(span.name),
      kind: String(span.kind).replace("SPAN_KIND_", ""),
      status: String(partOf(span, "status").code ?? "STATUS_CODE_UNSET").replace("STATUS_CODE_", ""),
      attributes: attributesOf(span.attributes),
      resource,
    })),
  );
}

function pointsOf(from: Message): readonly Told[] {
  const resource = resourceOf(from);
  const metrics = listOf(from.scopeMetrics).flatMap(({ metrics: each }) => listOf(each));
  return metrics.flatMap((metric) => {
    const histogram = partOf(metric, "histogram");
    return listOf(histogram.dataPoints).map((point) => ({
      metric: String(metric.name),
      unit: String(metric.unit),
      count: Number(point.count),
      sum: Number(point.sum),
      bounds: (point.explicitBounds ?? []) as readonly number[],
      attributes: attributesOf(point.attributes),
      resource,
    }));
  });
}

function recordsOf(from: Message): readonly Told[] {
  const resource = resourceOf(from);
  return listOf(from.scopeLogs).flatMap(({ logRecords }) =>
    listOf(logRecords).map((record) => ({
      trace: hex(record.traceId),
      span: hex(record.spanId),
      severity: String(record.severityText ?? ""),
      number: String(record.severityNumber ?? "").replace("SEVERITY_NUMBER_", ""),
      body: plainValue((record.body ?? {}) as Message),
      attributes: attributesOf(record.attributes),
      resource,
    })),
  );
}

function resourceOf(from: Message): Fields {
  return attributesOf(partOf(from, "resource").attributes);
}

function attributesOf(list: unknown): Fields {
  return Object.fromEntries(
    listOf(list).map(({ key, value }) => [String(key), plainValue(value as Message)]),
  );
}

/** The value of an `AnyValue`. */
function plainValue(value: Message): Value {
  if (value.arrayValue !== undefined) return listOf(partOf(value, "arrayValue").values).map(plainValue);
  if (value.kvlistValue !== undefined) return attributesOf(partOf(value, "kvlistValue").values);
  if (value.intValue !== undefined) return Number(value.intValue);
  const plain = value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
  return plain as Value;
}

function listOf(value: unknown): readonly Message[] {
  return (value ?? []) as readonly Message[];
}

function partOf(message: Message, name: string): Message {
  return (message[name] ?? {}) as Message;
}

function hex(bytes: unknown): string {
  return Buffer.from((bytes ?? []) as Uint8Array).toString("hex");
}
