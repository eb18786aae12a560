import { allOf } from "../process/env.js";
import { type Variable, variable } from "../process/variable.js";

/** Where telemetry goes, and how often. */
export interface TelemetryOptions {
  /** Base URL of a receiver of OTLP by HTTP. */
  readonly endpoint: string;
  /** How long a span waits for others to go with it, in ms. */
  readonly spanDelayMs: number;
  /** The same of a log record. */
  readonly recordDelayMs: number;
  /** From one export of the metrics to the next, in ms. */
  readonly metricIntervalMs: number;
}

const HOUR_MS = 3_600_000;

const SHAPE = {
  endpoint: variable.url("OTEL_EXPORTER_OTLP_ENDPOINT", { schemes: ["http", "https"], optional: true }),
  spanDelayMs: variable.integer("OTEL_BSP_SCHEDULE_DELAY", { min: 1, max: HOUR_MS, default: 5_000 }),
  recordDelayMs: variable.integer("OTEL_BLRP_SCHEDULE_DELAY", { min: 1, max: HOUR_MS, default: 1_000 }),
  metricIntervalMs: variable.integer("OTEL_METRIC_EXPORT_INTERVAL", {
    min: 100,
    max: HOUR_MS,
    default: 60_000,
  }),
};

/** Where telemetry goes: undefined without OTEL_EXPORTER_OTLP_ENDPOINT, and then nothing is recorded. */
export function telemetryVariables(): Variable<TelemetryOptions | undefined> {
  const all = allOf(SHAPE);
  return {
    names: all.names,
    read(env) {
      const reading = all.read(env);
      if ("faults" in reading) return reading;
      const { endpoint, ...rest } = reading.value;
      return { value: endpoint === undefined ? undefined : { endpoint, ...rest } };
    },
  };
}
