import type { Shop } from "../../test/system/shop.js";
import { copyImplementation } from "../rollout/candidate/copied-implementation.js";
import type { Calls } from "../rollout/visitors/calls.js";
import type { BadCandidate } from "./bad-candidates.js";
import { activeOf } from "./instances-of.js";
import { observeSwap, type SwapRun } from "./observe-swap.js";

export interface TakenBack {
  readonly candidate: string;
  readonly run: SwapRun;
  /** What does not hold of it. */
  readonly faults: readonly string[];
}

interface Attempt {
  readonly shop: Shop;
  readonly calls: Calls;
  /** Beside `--yes` and `--json`. */
  readonly flags?: readonly string[];
}

/** Swaps to a candidate that is wrong, and looks whether it is taken back for that, and whom it has harmed. */
export async function swapToBad(attempt: Attempt, bad: BadCandidate): Promise<TakenBack> {
  const { shop } = attempt;
  using copy = copyImplementation(bad.service, bad.patches);
  const [before] = await activeOf(shop, bad.service);
  const run = await observeSwap({ ...attempt, service: bad.service, to: copy.folder });
  const [after, ...more] = await activeOf(shop, bad.service);
  const failed = Object.values(run.failed).reduce((sum, each) => sum + each, 0);
  const faults = [
    ...(run.fault === undefined ? ["it was not taken back"] : []),
    ...(bad.shows.test(run.fault ?? "") ? [] : [`it was taken back for something else: ${run.fault}`]),
    ...(run.percent > 10 ? [`it came as far as ${run.percent} %`] : []),
    ...(failed > run.calls * 0.1 ? [`${failed} of ${run.calls} calls failed: more than its share`] : []),
    ...(after?.instance === before?.instance && more.length === 0
      ? []
      : ["another instance is in its place"]),
  ];
  return { candidate: bad.name, run, faults };
}
