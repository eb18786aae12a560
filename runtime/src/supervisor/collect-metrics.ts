import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Registry } from "prom-client";
import type { CallTotals } from "../metrics/call-totals.js";
import type { CpuTotals } from "../metrics/cpu-totals.js";
import { labelsOf } from "../metrics/instance-labels.js";
import {
  addInstances,
  addProcesses,
  type InstanceSample,
  type ProcessSample,
} from "../metrics/instance-samples.js";
import { askSidecarStats, mergeSidecarStats } from "../metrics/sidecar-stats.js";
import { within } from "../process/within.js";
import type { InstanceIdentity } from "../system/secrets.js";
import type { Started } from "./parts.js";
import { type InstanceStatus, instanceStatuses } from "./status.js";

export interface MetricsSources {
  readonly started: Started;
  readonly totals: CallTotals;
  readonly cpu: CpuTotals;
}

/** What any one process may take to answer: whoever takes longer is down, and the others are there. */
const limitMs = 1_000;

/** What the supervisor calls itself. */
const supervisor = "supervisor";

/** Everything that is counted and seen of a system at this moment, in Prometheus's text format 0.0.4. */
export async function collectMetrics({ started, totals, cpu }: MetricsSources): Promise<string> {
  const rows = rowsOf(started);
  const [statuses, texts] = await Promise.all([
    instanceStatuses(started, { healthWithinMs: limitMs }),
    Promise.all(rows.map(({ admin }) => within(limitMs, askSidecarStats(admin, limitMs), undefined))),
  ]);
  const sidecars = rows.map((row, at) => ({ ...row, text: texts[at] }));
  const registry = new Registry();
  for (const metric of totals.metrics) registry.registerMetric<string>(metric);
  const processes = statuses.flatMap((status) => {
    const labels = processLabels(status, sidecars, started);
    const hung = sidecars.some(({ sidecar, text }) => sidecar === status.instance && text === undefined);
    return labels === undefined ? [] : [toSample(status, labels, { isUp: !hung && isWell(status), cpu })];
  });
  addProcesses(registry, [...processes, ownSample(cpu)]);
  cpu.keep(new Set([supervisor, ...statuses.map(({ instance }) => instance)]));
  addInstances(registry, rows);
  const answered = sidecars.flatMap(({ labels, text }) => (text === undefined ? [] : [{ labels, text }]));
  return `${await registry.metrics()}${mergeSidecarStats(answered)}`;
}

interface Row extends InstanceSample {
  readonly admin: string;
  /** Names of its processes. */
  readonly application: string;
  readonly sidecar: string;
}

/** Instances whose processes have both begun. */
function rowsOf({ instances, secrets }: Started): readonly Row[] {
  return (instances?.pairs ?? []).flatMap((pair) => {
    const { name } = pair.instance;
    const entry = instances?.around.table.all().find(({ instance }) => instance === name);
    if (entry === undefined) return [];
    return {
      labels: labelsOf(pair, entry),
      stage: entry.stage,
      weight: entry.weight,
      certificates: expiries(secrets?.identities.find(({ instance }) => instance === name)),
      admin: pair.paths.admin,
      application: pair.application.name,
      sidecar: pair.sidecar.name,
    };
  });
}

/** Undefined of a process whose instance has not begun. */
function processLabels(
  { instance, implementation, version, kind }: InstanceStatus,
  rows: readonly Row[],
  { stages }: Started,
): ProcessSample["labels"] | undefined {
  const row = rows.find(({ application, sidecar }) => [application, sidecar].includes(instance));
  if (row === undefined) {
    const isOwn = stages.flat().some(({ name }) => name === instance);
    return isOwn ? { workload: "", instance, implementation, version, process: kind } : undefined;
  }
  return row.application === instance
    ? { ...row.labels, process: "application" }
    : { ...row.labels, implementation, version, process: "sidecar" };
}

function isWell({ health }: InstanceStatus): boolean {
  return health === "SERVING" || health === "RUNNING";
}

function toSample(
  { instance, pid, since, restarts }: InstanceStatus,
  labels: ProcessSample["labels"],
  { isUp, cpu }: { readonly isUp: boolean; readonly cpu: CpuTotals },
): ProcessSample {
  const use = pid === undefined ? undefined : cpu.use(instance, pid);
  return { labels, isUp, startedAt: new Date(since), restarts, ...(use && { use }) };
}

function ownSample(cpu: CpuTotals): ProcessSample {
  const use = cpu.use(supervisor, process.pid);
  return {
    labels: {
      workload: "",
      instance: supervisor,
      implementation: "node",
      version: process.versions.node,
      process: supervisor,
    },
    isUp: true,
    startedAt: new Date(performance.timeOrigin),
    restarts: 0,
    ...(use && { use }),
  };
}

/** Of the certificates that its sidecar was given. */
function expiries(identity: InstanceIdentity | undefined): ReadonlyMap<string, Date> {
  if (identity === undefined) return new Map();
  const paths = [["mesh", identity.mesh] as const, ...identity.externals];
  return new Map(
    paths.flatMap(([name, { certificate }]) => {
      const expiry = expiryOf(certificate);
      return expiry === undefined ? [] : [[name, expiry] as const];
    }),
  );
}

function expiryOf(path: string): Date | undefined {
  try {
    return new Date(new X509Certificate(readFileSync(path)).validTo);
  } catch {
    // Its instance ends.
    return undefined;
  }
}
