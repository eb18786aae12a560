import { Counter, Gauge, type Registry } from "prom-client";
import type { Stage } from "../instances/instance.js";
import { type InstanceLabels, instanceLabels, type MetricDefinition, metrics } from "./metric-definitions.js";

/** What there is of one process at this moment. */
export interface ProcessSample {
  readonly labels: InstanceLabels & { readonly process: string };
  readonly isUp: boolean;
  /** Absent while it does not run. */
  readonly use?: { readonly cpuSeconds: number; readonly residentBytes: number };
  readonly startedAt: Date;
  readonly restarts: number;
}

/** What there is of one instance at this moment. */
export interface InstanceSample {
  readonly labels: InstanceLabels;
  readonly stage: Stage;
  readonly weight: number;
  /** When its certificates expire: `mesh`, or by the name of an outside party. */
  readonly certificates: ReadonlyMap<string, Date>;
}

const stages: readonly Stage[] = [
  ...(["starting", "standby", "shadow", "candidate", "active", "reserve", "draining"] as const),
];

/** Adds what processes have and use to a registry that is made for one answer. */
export function addProcesses(registry: Registry, processes: readonly ProcessSample[]): void {
  const up = gauge(registry, metrics.up);
  const cpu = counter(registry, metrics.cpu);
  const memory = gauge(registry, metrics.memory);
  const started = gauge(registry, metrics.started);
  const restarts = counter(registry, metrics.restarts);
  for (const { labels, isUp, use, startedAt, restarts: count } of processes) {
    up.set({ ...labels }, isUp ? 1 : 0);
    started.set({ ...labels }, startedAt.getTime() / 1000);
    restarts.inc({ ...labels }, count);
    if (use === undefined) continue;
    cpu.inc({ ...labels }, use.cpuSeconds);
    memory.set({ ...labels }, use.residentBytes);
  }
}

/** Adds what instances are there for to a registry that is made for one answer. */
export function addInstances(registry: Registry, instances: readonly InstanceSample[]): void {
  const weights = gauge(registry, metrics.weight);
  const inStage = gauge(registry, metrics.stage);
  const expiry = gauge(registry, metrics.certificateExpiry);
  for (const { labels, stage, weight, certificates } of instances) {
    weights.set({ ...labels }, weight);
    for (const each of stages) inStage.set({ ...labels, stage: each }, each === stage ? 1 : 0);
    for (const [certificate, at] of certificates) expiry.set({ ...labels, certificate }, at.getTime() / 1000);
  }
}

function gauge(registry: Registry, definition: MetricDefinition): Gauge<string> {
  return new Gauge(configuration(registry, definition));
}

function counter(registry: Registry, definition: MetricDefinition): Counter<string> {
  return new Counter(configuration(registry, definition));
}

function configuration(registry: Registry, { name, help, labels }: MetricDefinition) {
  return { name, help, labelNames: [...instanceLabels, ...labels], registers: [registry] };
}
