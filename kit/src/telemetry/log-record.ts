import { ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { type LogAttributes, type LogRecord, SeverityNumber } from "@opentelemetry/api-logs";

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  fatal: SeverityNumber.FATAL,
};

/** A line of the log as a log record; undefined for what is no line of a log. */
export function toLogRecord(line: string): LogRecord | undefined {
  const { level, time, name: _name, msg, trace_id, span_id, ...rest } = parsed(line) ?? {};
  if (typeof level !== "string" || typeof time !== "string") return undefined;
  return {
    timestamp: new Date(time),
    severityText: level.toUpperCase(),
    severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
    body: typeof msg === "string" ? msg : "",
    attributes: attributesOf(rest),
    ...(typeof trace_id === "string" &&
      typeof span_id === "string" && {
        context: trace.setSpanContext(ROOT_CONTEXT, {
          traceId: trace_id,
          spanId: span_id,
          traceFlags: TraceFlags.SAMPLED,
        }),
      }),
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The fields of a line by their names; an error by those of the semantic conventions. */
function attributesOf(fields: Readonly<Record<string, unknown>>): LogAttributes {
  const attributes: LogAttributes = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === "err") Object.assign(attributes, exceptionOf(value));
    else if (["string", "number", "boolean"].includes(typeof value)) attributes[name] = value as string;
    else if (value !== undefined && value !== null) attributes[name] = JSON.stringify(value);
  }
  return attributes;
}

function exceptionOf(error: unknown): LogAttributes {
  const { type, message, stack } = { ...(error as object) } as Readonly<Record<string, unknown>>;
  return {
    ...(typeof type === "string" && { "exception.type": type }),
    ...(typeof message === "string" && { "exception.message": message }),
    ...(typeof stack === "string" && { "exception.stacktrace": stack }),
  };
}
