import type { Played } from "../../differ/play.js";
import { byWorth, type Known, shownBy } from "../../differ/worth.js";
import { FIRST_NEW, firstDifference, type Trial } from "./trial.js";

export interface Learned {
  /** Numbers of sequences, those that show most first. */
  readonly worth: readonly number[];
  /** In what two of the right implementation were told apart. */
  readonly confused?: string;
}

/** Plays sequences on two of the right implementation, and tells which of them show most. */
export async function learn(trial: Trial): Promise<Learned> {
  const known: Known[] = [];
  const onPlayed = (played: Played, number: number) => {
    const calls = new Set(played.calls.map(({ call }) => call.id)).size;
    known.push({ number, calls, shown: new Set(shownBy(played)) });
  };
  const learners = Math.min(trial.run.jobs, LEARNERS);
  const searches = Array.from({ length: learners }, (_, n) => {
    return firstDifference({ ...trial, first: (n * FIRST_NEW) / LEARNERS, onPlayed });
  });
  const found = (await Promise.all(searches)).find((each) => each !== undefined);
  return { worth: byWorth(known), ...(found && { confused: found.kind }) };
}

const LEARNERS = 3;
