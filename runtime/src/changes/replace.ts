import type { Stage } from "../instances/instance.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import { settled } from "../process/settled.js";
import type { InstancePlan } from "../system/plan.js";
import type { Say } from "./say.js";

/**
 * Puts new instances of a workload into the place of old ones, which may be none, without a call that fails: new ones are
 * healthy through the mesh before they are active, and take all calls before an old one ends. Where that cannot be done it
 * is as before.
 */
export async function replace(
  instances: Instances,
  old: readonly Pair[],
  plans: readonly InstancePlan[],
  say: Say,
): Promise<void> {
  const [workload = ""] = plans.map((plan) => plan.workload.name);
  const names = plans.map(({ name }) => name);
  try {
    const candidate = await bringUp(instances, plans, say);
    await activate(instances, { old, candidate }, "active");
  } catch (error) {
    say("it fails; everything is put back as it was");
    await putBack(instances, { workload, old, names }, say);
    throw error;
  }
  const leaving = old.map(({ instance }) => `${instance.name}: no new calls`);
  say([`${names.join(", ")}: active`, ...leaving].join("; "));
  await retire(instances, old, say);
}

/** Starts instances that are healthy through the mesh, and in standby. */
export async function bringUp(
  instances: Instances,
  plans: readonly InstancePlan[],
  say: Say,
): Promise<readonly Pair[]> {
  const [workload = ""] = plans.map((plan) => plan.workload.name);
  const names = plans.map(({ name }) => name);
  say(`${names.join(", ")}: starting, in standby`);
  const fresh = await settled(plans.map((plan) => instances.start(plan, "starting")));
  await instances.move(workload, allIn("standby", names));
  say(`${names.join(", ")}: healthy through the mesh`);
  return fresh;
}

/** Lets new instances act: as active ones, which get all calls of the old, or as candidates, which get none yet. */
export async function activate(
  instances: Instances,
  { old, candidate }: { readonly old: readonly Pair[]; readonly candidate: readonly Pair[] },
  stage: Extract<Stage, "active" | "candidate">,
): Promise<void> {
  await settled(candidate.map((pair) => pair.changeState("active")));
  if (stage === "candidate") return;
  const [workload = ""] = candidate.map(({ instance }) => instance.workload.name);
  const [leaving, names] = [old, candidate].map((pairs) => pairs.map(({ instance }) => instance.name));
  await instances.move(
    workload,
    new Map([...allIn("active", names ?? []), ...allIn("draining", leaving ?? [])]),
  );
}

/** Ends instances that get no new calls any more. */
export async function retire(instances: Instances, leaving: readonly Pair[], say: Say): Promise<void> {
  for (const pair of leaving) {
    const { name } = pair.instance;
    await pair
      .changeState("standby")
      .catch((error: unknown) => say(`${name} does not come to rest: ${String(error)}`));
    await instances.end(name);
    say(`${name}: ended`);
  }
}

interface PutBack {
  readonly workload: string;
  readonly old: readonly Pair[];
  /** Of the new instances, however far they have come. */
  readonly names: readonly string[];
}

/** Gives all calls to the old instances again, then ends the new ones: in standby before, where they have acted. */
export async function putBack(
  instances: Instances,
  { workload, old, names }: PutBack,
  say: Say,
): Promise<void> {
  const begun = names.filter((name) => instances.has(name));
  const kept = old.map(({ instance }) => instance.name);
  // The reason that is told is the first one.
  await instances
    .move(workload, new Map([...allIn("active", kept), ...allIn("draining", begun)]))
    .catch(() => {});
  const started = instances.pairsOf(workload).filter(({ instance }) => begun.includes(instance.name));
  await retire(instances, started, say).catch(() => {});
  for (const name of begun.filter((each) => instances.has(each))) await instances.end(name).catch(() => {});
}

/** All of these in one stage. */
export function allIn(stage: Stage, names: readonly string[]): ReadonlyMap<string, Stage> {
  return new Map(names.map((name) => [name, stage]));
}
