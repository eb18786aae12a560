export { mostSeries, type ServedMethod } from "./call-totals.js";
export { latencyBuckets, type MetricDefinition, metrics, otherMethod } from "./metric-definitions.js";
export { metricsPort } from "./serve-metrics.js";
export { type SidecarMetric, sidecarMetrics } from "./sidecar-metrics.js";
