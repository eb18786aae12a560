import { join } from "node:path";
import { Fault, UsageFault } from "../fault.js";
import { buildAll } from "../implementation/build.js";
import { contentHash } from "../implementation/content-hash.js";
import { readImplementation } from "../implementation/implementation.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import type { InstancePlan } from "../system/plan.js";
import type { SystemWorkload } from "../system/topology.js";
import type { Change, Say } from "./change.js";
import { type Chosen, chooseWanted } from "./choose-implementation.js";
import { formerImplementation, readHistory } from "./history.js";
import { replace, retire } from "./replace.js";
import { rotate } from "./rotate.js";

/** What is done to the running system. */
type Perform = (say: Say) => Promise<void>;

/** As many instances of a service as `theseus start --replicas` takes. */
export const mostInstances = 9;

/**
 * Decides what a change does, and builds what it needs; nothing that runs is touched before.
 *
 * @throws Fault when it makes no sense
 */
export async function planChange(instances: Instances, change: Change, say: Say): Promise<Perform> {
  if (change.kind === "rotate") return (tell) => rotate(instances, change.what, tell);
  const running = instances.pairsOf(change.service);
  switch (change.kind) {
    case "scale":
      return scale(instances, running, change.count);
    case "restart":
      return restart(instances, running);
    case "swap":
      return swap(instances, running, await wanted(instances, change, say), say);
    case "rollback":
      return swap(instances, running, await former(instances, change.service, say), say);
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
      replace(instances, [], plans(instances, likeWhatRuns(first), count - running.length), say);
  const leaving = running.slice(count);
  return async (say) => {
    await instances.move(service, new Map(leaving.map(({ instance }) => [instance.name, "draining"])));
    say(leaving.map(({ instance }) => `${instance.name}: no new calls`).join("; "));
    await retire(instances, leaving, say);
  };
}

/** It was admitted before: what it was admitted by then says nothing of what lies there now. */
function likeWhatRuns({ instance }: Pair): Pick<InstancePlan, "workload" | "implementation" | "source"> {
  const { admission: _, ...like } = instance;
  return like;
}

function restart(instances: Instances, running: readonly Pair[]): Perform {
  return async (say) => {
    for (const pair of running)
      await replace(instances, [pair], plans(instances, likeWhatRuns(pair), 1), say);
  };
}

async function swap(
  instances: Instances,
  running: readonly Pair[],
  { implementation, source, former }: Chosen & { readonly former?: string },
  say: Say,
): Promise<Perform> {
  const { env, signal } = instances.context;
  const [first] = running;
  if (first === undefined) throw new Error("a service has no instance");
  const { workload } = first.instance;
  if (implementation.build !== undefined)
    say(`building ${workload.name} (${source ?? implementation.language})`);
  await buildAll([implementation], [], env, signal);
  const hash = await contentHash(implementation);
  const isSame = ({ instance }: Pair) =>
    instances.around.table.get(instance.name).implementation.contentHash === hash;
  if (running.every(isSame))
    throw new UsageFault(
      `${workload.name} is this implementation already: ${source ?? implementation.language}, ${hash.slice(0, 12)}.`,
      `theseus restart ${workload.name} starts it anew.`,
    );
  const found = { implementation, ...(source !== undefined && { source }) };
  const like = {
    workload,
    ...(former === hash ? found : await proven(instances, workload.name, found, say)),
  };
  return (tell) => replace(instances, running, plans(instances, like, running.length), tell);
}

function wanted(
  instances: Instances,
  { service, to }: Extract<Change, { kind: "swap" }>,
  say: Say,
): Promise<Chosen> {
  const { context } = instances;
  const workload = context.topology.workloads.find(({ name }) => name === service) as SystemWorkload;
  return chooseWanted(context, workload, to, say);
}

/** What was tested is what is started. */
async function proven(
  { context }: Instances,
  service: string,
  chosen: Chosen,
  say: Say,
): Promise<Chosen & Pick<InstancePlan, "admission">> {
  if (context.proofs === undefined) return chosen;
  const { build: _, ...built } = chosen.implementation;
  const candidate = { ...chosen, service, implementation: built };
  const { implementation, certificate } = await context.proofs.prove(candidate, say);
  return { ...chosen, implementation, admission: { by: "certificate", certificate } };
}

/** It needs no proof when it is, byte by byte, what ran before. */
async function former(
  instances: Instances,
  service: string,
  say: Say,
): Promise<Chosen & { readonly former: string }> {
  const found = formerImplementation(readHistory(instances.context.home), service);
  if (found === undefined)
    throw new UsageFault(
      `${service} has had no other implementation to go back to.`,
      "theseus history shows what was changed.",
    );
  const { folder, source, contentHash: before } = found;
  try {
    const implementation = readImplementation(join(folder, "implementation.json"));
    if ((await contentHash(implementation)) !== before)
      say(`${folder} has changed since it ran (${before.slice(0, 12)}): what comes back is what is there`);
    return { implementation, former: before, ...(source !== undefined && { source }) };
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

/** New instances with the lowest ordinals that are free. */
function plans(
  { around: { table } }: Instances,
  like: Pick<InstancePlan, "workload" | "implementation" | "source" | "admission">,
  count: number,
): readonly InstancePlan[] {
  const { workload, implementation, source, admission } = like;
  const taken = new Set(table.of(workload.name).map(({ ordinal }) => ordinal));
  const free = Array.from({ length: taken.size + count }, (_, index) => index + 1).filter(
    (ordinal) => !taken.has(ordinal),
  );
  return free.slice(0, count).map((ordinal) => ({
    name: `${workload.name}-${ordinal}`,
    workload,
    ordinal,
    implementation,
    ...(source !== undefined && { source }),
    ...(admission && { admission }),
  }));
}
