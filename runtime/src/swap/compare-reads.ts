import { Fault } from "../fault.js";
import type { Instances } from "../instances/instances.js";
import type { Pair } from "../pair/pair.js";
import type { ShadowDifference, ShadowReport } from "../shadow/index.js";
import type { Sides } from "./step-numbers.js";
import type { SwapControl } from "./swap-control.js";
import type { SwapBounds } from "./swap-options.js";
import type { StartShadow } from "./swap-parts.js";
import type { SwapProgress } from "./swap-progress.js";

export interface CompareOptions {
  readonly instances: Instances;
  readonly service: string;
  readonly pairs: Sides<readonly Pair[]>;
  readonly startShadow: StartShadow | undefined;
  readonly saveCases?: string;
  readonly bounds: Pick<SwapBounds, "compared" | "longestMs" | "quietMs">;
  readonly control: SwapControl;
  readonly progress: SwapProgress;
}

const lookEveryMs = 500;

/**
 * Has what is read from the old one asked of the candidate too, which gets no call yet, until enough is compared, the longest
 * time has passed, or nobody reads any more.
 *
 * @throws Fault when they answer differently
 */
export async function compareReads(options: CompareOptions): Promise<void> {
  const { instances, service, pairs, startShadow, saveCases, bounds, progress } = options;
  if (startShadow === undefined) return progress.enter({ stage: "shadow", words: "not there" });
  const [candidate] = pairs.candidate;
  if (candidate === undefined) throw new Error("there is no candidate");
  progress.enter({ stage: "shadow", words: `reads are asked of ${candidate.instance.name} too` });
  const shadow = await startShadow(instances, {
    service,
    old: pairs.old,
    candidate,
    ...(saveCases !== undefined && { saveCases }),
  });
  try {
    const { compared, equal, noise } = await untilCompared(options, () => shadow.report());
    progress.say(
      `shadow: ${compared} of ${bounds.compared} reads compared, ${equal} equal, ${noise} that the old one answers in two ways`,
    );
  } finally {
    await shadow.stop();
  }
}

async function untilCompared(
  { bounds, control, progress, instances }: CompareOptions,
  report: () => Promise<ShadowReport>,
): Promise<ShadowReport> {
  const begunMs = Date.now();
  let last = { compared: 0, atMs: begunMs };
  for (;;) {
    control.check();
    const seen = await report();
    progress.show({ shadow: seen, words: `${seen.compared} of ${bounds.compared} reads compared` });
    if (seen.different.length > 0) throw refusal(seen.different);
    if (seen.ended !== undefined)
      throw new Fault(`Answers could not be compared to the end: ${seen.ended}.`, "Swap again.");
    const now = Date.now();
    if (seen.compared !== last.compared) last = { compared: seen.compared, atMs: now };
    const isEnough =
      seen.compared >= bounds.compared ||
      now - begunMs >= bounds.longestMs ||
      now - last.atMs >= bounds.quietMs;
    if (isEnough && control.held === undefined) return seen;
    await control.sleep(lookEveryMs, instances.context.signal);
  }
}

function refusal(different: readonly ShadowDifference[]): Fault {
  const lines = different.map(({ method, path, old, candidate, count, savedAs }) => {
    const kept = savedAs === undefined ? "" : `; kept as ${savedAs}`;
    return `${method}: ${path} is ${candidate} at the candidate and ${old} at the old one (${count} times${kept})`;
  });
  return new Fault(
    `The candidate answers reads differently: ${lines.join("\n  ")}.`,
    "It had no call of anybody; mend it and swap again.",
  );
}
