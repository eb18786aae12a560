import { type Answer, isNobody } from "../ask/answer.js";
import type { Differences } from "./differences.js";

/** How often both are asked before a difference counts: others write meanwhile, and what they write comes and goes. */
const ROUNDS = 3;

export type Verdict =
  | { readonly kind: "equal"; readonly old: Answer }
  /** They differed, and then no longer; or the old one differed from itself. */
  | { readonly kind: "noise" }
  /** The old one was not there. */
  | { readonly kind: "unanswered" }
  | { readonly kind: "different"; readonly old: Answer; readonly differences: Differences };

export interface Sides {
  readonly askOld: () => Promise<Answer>;
  readonly askCandidate: () => Promise<Answer>;
  readonly compare: (a: Answer, b: Answer) => Differences;
}

/**
 * Asks one after the other: old, candidate, and, when they differ, both again. What counts is what differs each time
 * while the old one stays as it is.
 */
export async function compareSteadily({ askOld, askCandidate, compare }: Sides): Promise<Verdict> {
  let old = await askOld();
  if (isNobody(old)) return { kind: "unanswered" };
  let lasting = compare(old, await askCandidate());
  if (lasting.size === 0) return { kind: "equal", old };
  for (let round = 1; round < ROUNDS; round++) {
    const again = await askOld();
    if (isNobody(again)) return { kind: "unanswered" };
    const moved = [...compare(old, again).keys()];
    const now = compare(again, await askCandidate());
    lasting = new Map(
      [...lasting].filter(([path]) => now.has(path) && !moved.some((each) => isWithin(path, each))),
    );
    if (lasting.size === 0) return { kind: "noise" };
    old = again;
  }
  return { kind: "different", old, differences: lasting };
}

/** True for a path that is another, or stands below it. */
function isWithin(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}.`) || path.startsWith(`${other}[`) || other === "status";
}
