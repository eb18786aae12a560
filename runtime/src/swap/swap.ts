import { withoutProof } from "../certificate/index.js";
import type { Chosen } from "../changes/choose-implementation.js";
import { plansFor } from "../changes/instance-plans.js";
import { activate, allIn, bringUp, putBack, retire } from "../changes/replace.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import type { InstancePlan } from "../system/plan.js";
import type { SystemWorkload } from "../system/topology.js";
import { compareReads } from "./compare-reads.js";
import { shift } from "./shift.js";
import type { Sides } from "./step-numbers.js";
import type { SwapControl } from "./swap-control.js";
import { askedLine, type SwapOptions, swapBounds } from "./swap-options.js";
import type { SwapParts } from "./swap-parts.js";
import type { SwapProgress } from "./swap-progress.js";

export interface Swap {
  readonly workload: SystemWorkload;
  readonly running: readonly Pair[];
  /** It is built. */
  readonly chosen: Chosen;
  /** Of what was built. */
  readonly contentHash: string;
  readonly options: SwapOptions;
  readonly parts: SwapParts;
  readonly control: SwapControl;
  readonly progress: SwapProgress;
}

/**
 * Puts another implementation into the place of the one that runs, by proof: gate, standby, shadow, shift, drain. Whatever
 * fails before the last one takes the candidate back; what runs stays as it was.
 */
export async function swap(instances: Instances, asked: Swap): Promise<void> {
  const { workload, running, options, progress } = asked;
  const like = { ...(await gate(asked)), workload };
  const plans = plansFor(instances, like, running.length);
  const names = plans.map(({ name }) => name);
  try {
    progress.enter({ stage: "standby", words: `${names.join(", ")} beside what runs` });
    const fresh = await bringUp(instances, plans, progress.say);
    const pairs = { old: running, candidate: fresh };
    if (!options.atOnce) {
      await instances.move(workload.name, allIn("shadow", names));
      await compare(instances, asked, pairs);
    }
    await agreed(instances, asked);
    await activate(instances, pairs, options.atOnce ? "active" : "candidate");
    if (!options.atOnce)
      await shift({ ...asked, instances, workload: workload.name, pairs, bounds: swapBounds(options) });
  } catch (error) {
    const [words] = (error instanceof Error ? error.message : String(error)).split("\n");
    asked.control.decide();
    progress.enter({ stage: "return", words: `${names.join(", ")} is taken back. ${words}` });
    await putBack(instances, { workload: workload.name, old: running, names }, progress.say);
    throw error;
  }
  asked.control.decide();
  progress.enter({ stage: "drain", words: `${names.join(", ")} has all calls` });
  const leaving = running.map(({ instance }) => instance.name);
  await instances.move(workload.name, allIn("draining", leaving));
  await retire(instances, running, progress.say);
}

/** What is proved is what is started, and has an identity by that. */
async function gate({
  workload,
  chosen,
  contentHash,
  options,
  parts,
  control,
  progress,
}: Swap): Promise<Chosen & Pick<InstancePlan, "admission">> {
  if (options.withoutProof !== undefined) {
    progress.enter({ stage: "gate", words: `NOTHING IS PROVED of it: ${options.withoutProof}` });
    return { ...chosen, admission: withoutProof(options.withoutProof) };
  }
  if (parts.prover === undefined) {
    progress.enter({ stage: "gate", words: "not there" });
    return chosen;
  }
  const { build: _, ...implementation } = chosen.implementation;
  const words = `what is proved of ${implementation.language} ${contentHash.slice(0, 12)}`;
  progress.enter({ stage: "gate", words });
  const candidate = { ...chosen, service: workload.name, implementation };
  const proven = await control.orAbort(parts.prover.prove(candidate, progress.say));
  const { certificate } = proven;
  progress.say(`gate: ${proven.reused ? "proved before" : "proved"}, ${certificate}`);
  return { ...chosen, implementation: proven.implementation, admission: { by: "certificate", certificate } };
}

function compare(instances: Instances, asked: Swap, pairs: Sides<readonly Pair[]>): Promise<void> {
  const { workload, options, parts, control, progress } = asked;
  return compareReads({
    instances,
    service: workload.name,
    pairs,
    startShadow: parts.shadow,
    ...(options.saveCases !== undefined && { saveCases: options.saveCases }),
    bounds: swapBounds(options),
    control,
    progress,
  });
}

/** The candidate has had no call yet; from here on it may. */
async function agreed(
  { context }: Instances,
  { options, control, progress }: Pick<Swap, "options" | "control" | "progress">,
): Promise<void> {
  if (options.askFirst) {
    control.ask();
    progress.say(askedLine);
  }
  while (control.held !== undefined) await control.sleep(200, context.signal);
  control.check();
}
