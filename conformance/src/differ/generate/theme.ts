import type { DescMethod } from "@bufbuild/protobuf";
import { quotasOf } from "@theseus/kit/contract";
import type { Random } from "./random.js";

/**
 * What the calls of one sequence have in common. What is rare in each call would hardly ever meet something else that is
 * rare; in a sequence of its own it does.
 */
export interface Theme {
  /** Called more often than others. */
  readonly focus?: DescMethod;
  /** How many entries lists have, but for those that break their rules. */
  readonly lengths: readonly number[];
  /** How often a field is sent that is the service's to set. */
  readonly outputs: number;
  /** Numbers are the largest that their rules allow. */
  readonly isLarge: boolean;
  /** So many values of a field are chosen from; all there are where nothing is said. */
  readonly values?: number;
  /** How often a call is made beside others. */
  readonly atOnce: number;
  /** A quota is used up. */
  readonly usesUp: boolean;
  /** Calls to begin with. */
  readonly length: number;
}

const LONGEST = 30;

export const PLAIN: Theme = {
  lengths: [0, 1, 1, 1, 2, 3],
  outputs: 0.04,
  isLarge: false,
  usesUp: false,
  atOnce: 0,
  length: LONGEST,
};

export function themeOf(methods: readonly DescMethod[], random: Random): Theme {
  const limited = methods.filter((method) => quotasOf(method).length > 0);
  const usesUp = limited.length > 0 && random.chance(0.15);
  const focused = usesUp ? limited : methods;
  const focus = random.chance(usesUp ? 0.7 : 0.5) ? random.pick(focused) : undefined;
  return {
    ...(focus !== undefined && { focus }),
    lengths: random.chance(0.35) ? [2, 2, 2, 3, 3, 4] : PLAIN.lengths,
    outputs: random.chance(0.15) ? 0.5 : PLAIN.outputs,
    isLarge: random.chance(usesUp ? 0.3 : 0.12),
    ...(random.chance(0.6) && { values: random.pick([1, 2, 2, 3]) }),
    usesUp,
    atOnce: random.chance(0.25) ? 0.25 : 0,
    length: 1 + random.below(LONGEST),
  };
}
