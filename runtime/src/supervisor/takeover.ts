import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Change } from "../changes/change.js";
import { appendHistory, type HistoryEntry } from "../changes/history.js";
import { contentHash } from "../implementation/content-hash.js";
import { readImplementation } from "../implementation/implementation.js";
import type { InstanceEntry } from "../instances/instance.js";
import { openSink } from "../process/log-sink.js";
import { endOrphans, isAlive, type State } from "../process/state-file.js";
import type { SwapStatus } from "../swap/swap-status.js";
import type { SystemContext } from "../system/context.js";
import type { FixedPorts } from "../system/fixed-ports.js";
import type { Home } from "../system/home.js";
import type { InstancePlan, SystemPlan } from "../system/plan.js";
import type { SystemTopology } from "../system/topology.js";

/** What a supervisor notes of a system that is open, for one that takes over when it is killed. */
export interface Notes {
  readonly instances?: readonly InstanceEntry[];
  /** Noted once everything is up. */
  readonly ports?: FixedPorts;
  readonly change?: NotedChange;
  /** Where the swap stood that was under way. */
  readonly swap?: SwapStatus;
}

export type NotedChange = Pick<HistoryEntry, "change" | "at" | "from">;

/** A running system whose supervisor was killed. */
export interface Takeover {
  readonly state: State;
  readonly plan: SystemPlan;
  readonly entries: readonly InstanceEntry[];
  readonly ports: FixedPorts;
  /** What was under way. */
  readonly change?: NotedChange;
}

/**
 * What a killed supervisor has left, if it can be taken over: everything was up, and each implementation is still where it
 * was. Instances that had no calls yet are no part of it.
 */
export function readTakeover(
  state: State | undefined,
  topology: SystemTopology,
  planned: SystemPlan,
): Takeover | undefined {
  if (state === undefined || !state.processes.some(isAlive)) return undefined;
  const { instances = [], ports, change } = state.notes as Notes;
  const entries = instances.filter(
    ({ stage }) => stage !== "starting" && stage !== "standby" && stage !== "shadow",
  );
  const isThere = ({ implementation }: InstanceEntry) =>
    existsSync(join(implementation.folder, "implementation.json"));
  if (ports === undefined || !entries.every(isThere)) return undefined;
  const plans = entries.flatMap((entry) => toPlan(entry, topology));
  const plan = {
    externals: planned.externals,
    services: plans.filter(({ workload }) => workload.services.length > 0),
    edge: plans.filter(({ workload }) => workload.services.length === 0),
  };
  return { state, plan, entries, ports, ...(change && { change }) };
}

function toPlan(entry: InstanceEntry, { workloads }: SystemTopology): readonly InstancePlan[] {
  const { folder, source } = entry.implementation;
  const implementation = readImplementation(join(folder, "implementation.json"));
  return workloads
    .filter(({ name }) => name === entry.workload)
    .map((workload) => ({
      name: entry.instance,
      workload,
      ordinal: entry.ordinal,
      implementation,
      ...(source !== undefined && { source }),
    }));
}

/** Tells which instances run something else than a start would run now. */
export async function tellOutdated({ entries }: Takeover, report: (line: string) => void): Promise<void> {
  for (const { instance, workload, implementation } of entries)
    if ((await contentHashIn(implementation.folder)) !== implementation.contentHash)
      report(
        `${instance} runs what was in ${implementation.folder} when it was started (${implementation.contentHash.slice(0, 12)}); theseus swap ${workload} --to … takes what is there now`,
      );
}

function contentHashIn(folder: string): Promise<string> {
  return contentHash(readImplementation(join(folder, "implementation.json")));
}

/** Ends what an earlier supervisor left and nobody took over, instances that had no calls yet, and keeps what they printed. */
export async function endUntaken(
  { state }: Takeover,
  { logs }: Pick<Home, "logs">,
  isTaken: (name: string) => boolean,
): Promise<void> {
  const untaken = state.processes.filter(({ name }) => !isTaken(name));
  await endOrphans({ processes: untaken });
  for (const { name } of untaken) openSink(join(logs, `${name}.log`))[Symbol.dispose]();
}

/** Whether anything of a change of a service is to be seen: one that was only planned has come to nothing. */
function hasBegun({ change, at, from }: NotedChange, instances: readonly InstanceEntry[]): boolean {
  if (change.kind === "rotate") return true;
  const own = instances.filter(({ workload }) => workload === change.service);
  return own.length !== from.length || own.some(({ since }) => since >= at);
}

/** Writes down what became of the change that was under way: it is undone where its instances had not all calls yet. */
export function settleHistory(
  { state, change, entries }: Takeover,
  { home, report }: Pick<SystemContext, "home" | "report">,
  show: (change: Change) => string,
): void {
  if (change === undefined) return;
  const { instances = [], swap } = state.notes as Notes;
  const isUndone =
    swap?.stage === "return" ||
    instances.some(({ stage }) => stage !== "active" && stage !== "reserve" && stage !== "draining") ||
    !hasBegun(change, instances);
  const where = swap === undefined ? "" : ` in its stage ${swap.stage}: ${swap.words}`;
  const service = change.change.kind === "rotate" ? undefined : change.change.service;
  const of = (stage: InstanceEntry["stage"]) =>
    entries.filter((entry) => entry.workload === service && entry.stage === stage);
  appendHistory(home, {
    ...change,
    seconds: (Date.now() - Date.parse(change.at)) / 1000,
    to: of("active").map(({ implementation }) => implementation),
    ...(isUndone && { undone: `the supervisor was killed${where}` }),
  });
  report(
    `${show(change.change)} was under way when the supervisor was killed: it is ${isUndone ? "undone" : "finished"}`,
  );
}
