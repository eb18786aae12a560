import type { Stage } from "../instances/instance.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import { settled } from "../process/settled.js";
import type { InstancePlan } from "../system/plan.js";
import type { Say } from "./change.js";

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
  const leaving = old.map(({ instance }) => instance.name);
  try {
    say(`${names.join(", ")}: starting, in standby`);
    const fresh = await settled(plans.map((plan) => instances.start(plan, "starting")));
    await instances.move(workload, all(names, "standby"));
    say(`${names.join(", ")}: healthy through the mesh`);
    await settled(fresh.map((pair) => pair.changeState("active")));
    await instances.move(workload, new Map([...all(names, "active"), ...all(leaving, "draining")]));
  } catch (error) {
    say("it fails; everything is put back as it was");
    await putBack(instances, workload, leaving, names);
    throw error;
  }
  say([`${names.join(", ")}: active`, ...leaving.map((name) => `${name}: no new calls`)].join("; "));
  await retire(instances, old, say);
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

async function putBack(
  instances: Instances,
  workload: string,
  old: readonly string[],
  fresh: readonly string[],
): Promise<void> {
  const begun = fresh.filter((name) => instances.has(name));
  // The reason that is told is the first one.
  await instances.move(workload, new Map([...all(old, "active"), ...all(begun, "draining")])).catch(() => {});
  for (const name of begun) await instances.end(name).catch(() => {});
}

function all(names: readonly string[], stage: Stage): ReadonlyMap<string, Stage> {
  return new Map(names.map((name) => [name, stage]));
}
