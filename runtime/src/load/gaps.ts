import type { Random } from "./random.js";

/** Answers the time from one start to the next, in milliseconds. */
export type Gaps = () => number;

/** All alike. */
export function evenGaps(perSecond: number): Gaps {
  return () => 1_000 / perSecond;
}

/** Of visitors who come independently of each other (a Poisson process). */
export function poissonGaps(perSecond: number, random: Random): Gaps {
  return () => (-Math.log(1 - random.next()) / perSecond) * 1_000;
}
