import type { Sequence } from "../../differ/generate/planned-call.js";
import { type Played, sequenceOf } from "../../differ/play.js";
import { hasCallsTogether } from "../../differ/serial-orders.js";
import { byWorth, type Known, shownBy } from "../../differ/worth.js";
import { FIRST_NEW, firstDifference, type Trial } from "./trial.js";

export interface Numbered {
  readonly number: number;
  readonly sequence: Sequence;
}

export interface Learned {
  /** Whose calls are made one after the other, those that show most first. */
  readonly inOrder: readonly Numbered[];
  /** Numbers of those with calls at once. */
  readonly atOnce: readonly number[];
  /** In what two of the right implementation were told apart. */
  readonly confused?: string;
}

/** Plays sequences on two of the right implementation, and tells which of them show most. */
export async function learn(trial: Trial): Promise<Learned> {
  const known = { inOrder: [] as Known[], atOnce: [] as Known[] };
  const sequences = new Map<number, Numbered>();
  const onPlayed = (played: Played, number: number) => {
    const sequence = sequenceOf(played);
    const calls = sequence.calls.length;
    const kind = hasCallsTogether(sequence) ? "atOnce" : "inOrder";
    known[kind].push({ number, calls, shown: new Set(shownBy(played)) });
    sequences.set(number, { number, sequence });
  };
  const learners = Math.min(trial.run.jobs, LEARNERS);
  const searches = Array.from({ length: learners }, (_, n) => {
    return firstDifference({ ...trial, first: (n * FIRST_NEW) / LEARNERS, onPlayed });
  });
  const found = (await Promise.all(searches)).find((each) => each !== undefined);
  return {
    inOrder: byWorth(known.inOrder).flatMap((number) => sequences.get(number) ?? []),
    atOnce: byWorth(known.atOnce),
    ...(found && { confused: found.kind }),
  };
}

const LEARNERS = 3;
