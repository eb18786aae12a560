import { join } from "node:path";
import { Fault, UsageFault } from "../fault.js";
import { buildAll } from "../implementation/build.js";
import { contentHash } from "../implementation/content-hash.js";
import { readImplementation } from "../implementation/implementation.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import { type Swap, swap } from "../swap/swap.js";
import type { SwapControl } from "../swap/swap-control.js";
import type { SwapParts } from "../swap/swap-parts.js";
import { SwapProgress } from "../swap/swap-progress.js";
import type { SystemWorkload } from "../system/topology.js";
import type { Change, SwapChange } from "./change.js";
import { type Chosen, chooseWanted } from "./choose-implementation.js";
import { formerImplementation, readHistory } from "./history.js";
import { likeWhatRuns, plansFor } from "./instance-plans.js";
import { allIn, replace, retire } from "./replace.js";
import { rotate } from "./rotate.js";
import type { Say } from "./say.js";

/** What is done to the running system. */
type Perform = (say: Say) => Promise<void>;

/** What a swap needs beside the instances. */
export interface SwapTools {
  readonly parts: SwapParts;
  readonly control: SwapControl;
  /** Told of where it stands, once. */
  onProgress(progress: SwapProgress): void;
}

/** As many instances of a service as `theseus start --replicas` takes. */
export const mostInstances = 9;

/**
 * Decides what a change does, and builds what it needs; nothing that runs is touched before.
 *
 * @throws Fault when it makes no sense
 */
export async function planChange(
  instances: Instances,
  change: Change,
  tools: SwapTools,
  say: Say,
): Promise<Perform> {
  if (change.kind === "rotate") return (tell) => rotate(instances, change.what, tell);
  const running = instances.pairsOf(change.service);
  switch (change.kind) {
    case "scale":
      return scale(instances, running, change.count);
    case "restart":
      return restart(instances, running);
    case "swap":
      return planSwap(instances, tools, change, await wanted(instances, change, say), say);
    case "rollback":
      return rollback(instances, tools, await former(instances, change.service, say), say);
    default:
      return change satisfies never;
  }
}

function scale(instances: Instances, running: readonly Pair[], count: number): Perform {
  const [first] = running;
  if (first === undefined) throw new Error("a service has no instance");
  const service = first.instance.workload.name;
  if (!Number.isInteger(count) || count < 1 || count > mostInstances)
    throw new UsageFault(
      `${service} cannot have ${count} instances.`,
      `Say a number from 1 to ${mostInstances}; without any, every call to it would fail.`,
    );
  if (count === running.length)
    throw new UsageFault(
      `${service} has ${count} ${count === 1 ? "instance" : "instances"} already.`,
      "theseus status shows them.",
    );
  if (count > running.length)
    return (say) =>
      replace(instances, [], plansFor(instances, likeWhatRuns(first), count - running.length), say);
  const leaving = running.slice(count);
  return async (say) => {
    await instances.move(
      service,
      allIn(
        "draining",
        leaving.map(({ instance }) => instance.name),
      ),
    );
    say(leaving.map(({ instance }) => `${instance.name}: no new calls`).join("; "));
    await retire(instances, leaving, say);
  };
}

function restart(instances: Instances, running: readonly Pair[]): Perform {
  return async (say) => {
    for (const pair of running)
      await replace(instances, [pair], plansFor(instances, likeWhatRuns(pair), 1), say);
  };
}

async function planSwap(
  instances: Instances,
  { parts, control, onProgress }: SwapTools,
  { kind: _, service, to, ...options }: SwapChange,
  chosen: Chosen,
  say: Say,
): Promise<Perform> {
  const { state } = instances.context;
  const built = await build(instances, service, chosen, say);
  return async (tell) => {
    const { withoutProof } = options;
    const told = { service, to, ...(withoutProof !== undefined && { withoutProof }) };
    const progress = new SwapProgress(told, control, state, tell);
    onProgress(progress);
    try {
      await swap(instances, { ...built, chosen, options, parts, control, progress });
    } finally {
      progress.end();
    }
  };
}

/** Straight back: what ran before was proved then. What is in its place meanwhile is proved anew. */
async function rollback(
  instances: Instances,
  tools: SwapTools,
  { isChanged, service, ...chosen }: Former,
  say: Say,
): Promise<Perform> {
  if (isChanged && tools.parts.prover !== undefined) {
    const to = chosen.source ?? chosen.implementation.language;
    return planSwap(instances, tools, { kind: "swap", service, to, atOnce: true }, chosen, say);
  }
  const { workload, running } = await build(instances, service, chosen, say);
  return (tell) => {
    tools.control.decide();
    return replace(instances, running, plansFor(instances, { workload, ...chosen }, running.length), tell);
  };
}

/** Builds what is to run, unless it runs. */
async function build(
  instances: Instances,
  service: string,
  { implementation, source }: Chosen,
  say: Say,
): Promise<Pick<Swap, "workload" | "running" | "contentHash">> {
  const { env, signal } = instances.context;
  const running = instances.pairsOf(service);
  const [first] = running;
  if (first === undefined) throw new Error("a service has no instance");
  const { workload } = first.instance;
  if (implementation.build !== undefined)
    say(`building ${workload.name} (${source ?? implementation.language})`);
  await buildAll([implementation], [], { env, signal, inBackground: true });
  const hash = await contentHash(implementation);
  const isSame = ({ instance }: Pair) =>
    instances.around.table.get(instance.name).implementation.contentHash === hash;
  if (running.every(isSame))
    throw new UsageFault(
      `${workload.name} is this implementation already: ${source ?? implementation.language}, ${hash.slice(0, 12)}.`,
      `theseus restart ${workload.name} starts it anew.`,
    );
  return { workload, running, contentHash: hash };
}

function wanted(instances: Instances, { service, to }: SwapChange, say: Say): Promise<Chosen> {
  const { context } = instances;
  const workload = context.topology.workloads.find(({ name }) => name === service) as SystemWorkload;
  return chooseWanted(context, workload, to, say);
}

interface Former extends Chosen {
  readonly service: string;
  /** Something else is in its folder since it ran. */
  readonly isChanged: boolean;
}

async function former(instances: Instances, service: string, say: Say): Promise<Former> {
  const found = formerImplementation(readHistory(instances.context.home), service);
  if (found === undefined)
    throw new UsageFault(
      `${service} has had no other implementation to go back to.`,
      "theseus history shows what was changed.",
    );
  const { folder, source, contentHash: before } = found;
  try {
    const implementation = readImplementation(join(folder, "implementation.json"));
    const isChanged = (await contentHash(implementation)) !== before;
    if (isChanged)
      say(`${folder} has changed since it ran (${before.slice(0, 12)}): what comes back is what is there`);
    return { service, isChanged, implementation, ...(source !== undefined && { source }) };
  } catch (error) {
    if (error instanceof Fault)
      throw new Fault(
        `The former implementation of ${service} is no longer in ${folder}.`,
        `theseus swap ${service} --to … takes another.`,
        { cause: error },
      );
    throw error;
  }
}
