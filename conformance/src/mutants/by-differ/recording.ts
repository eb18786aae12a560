import type { FirstDifference } from "../../differ/differ.js";
import { differenceOf, kindOf, type Played, replay, sequenceOf } from "../../differ/play.js";
import { RecordedSide } from "../../differ/recorded-side.js";
import { firstDifference, openSide, type Trial } from "./trial.js";

/** Sequences as the right implementation has played them, one after the other on one store. */
export type Recording = readonly { readonly number: number; readonly played: Played }[];

/** What has not come then is never waited for again. */
const RECORDING_QUIET_MS = 80;

/** So often a recording is begun anew without a sequence that the right implementation does not answer always the same. */
const MOST_ROUNDS = 2;
/** So many are worth more than the time for a longer one. */
const ENOUGH = 30;

/**
 * Plays sequences on the right implementation, in this order, for so long as there is until the time is over. They are played
 * by two of it at once, and once more against what was recorded: those that chance or a clock decides are left out.
 */
export async function record(trial: Trial, order: readonly number[]): Promise<Recording> {
  const longestMs = trial.until - performance.now();
  let left = order;
  let longest: Recording = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { recording, unsteady } = await recordOnce(
      { ...trial, until: performance.now() + longestMs },
      left,
    );
    const chance =
      unsteady ?? (await firstUnlike({ ...trial, until: Number.POSITIVE_INFINITY }, recording))?.sequence;
    const sure = beforeThat(recording, chance);
    if (sure.length > longest.length) longest = sure;
    if (chance === undefined || sure.length >= ENOUGH) break;
    left = left.filter((each) => each !== chance);
  }
  return longest;
}

function beforeThat(recording: Recording, sequence: number | undefined): Recording {
  const at = recording.findIndex(({ number }) => number === sequence);
  return at < 0 ? recording : recording.slice(0, at);
}

async function recordOnce(
  trial: Trial,
  order: readonly number[],
): Promise<{ readonly recording: Recording; readonly unsteady?: number }> {
  const recording: { number: number; played: Played }[] = [];
  let unsteady: number | undefined;
  const onPlayed = (played: Played, number: number) => {
    if (differenceOf(played) !== undefined) unsteady ??= number;
    else if (unsteady === undefined) recording.push({ number, played });
  };
  const run = { ...trial.run, isOver: () => unsteady !== undefined || trial.run.isOver() };
  await firstDifference({
    ...trial,
    run,
    quietMs: RECORDING_QUIET_MS,
    before: order,
    most: order.length,
    onPlayed,
  });
  return { recording, ...(unsteady !== undefined && { unsteady }) };
}

/** The first recorded sequence that the mutant answers otherwise; without a mutant, another of the right implementation. */
export async function firstUnlike(trial: Trial, recording: Recording): Promise<FirstDifference | undefined> {
  const { run, until, onPlayed } = trial;
  await using live = await openSide(trial, trial.mutant);
  const recorded = new RecordedSide("right", live.side.scene, live.side.waiting);
  for (const { number, played } of recording) {
    if (run.isOver() || performance.now() > until) return undefined;
    recorded.load(played);
    const again = await replay(sequenceOf(played), [recorded, live.side], { run: played.run });
    onPlayed?.(again, number);
    if (differenceOf(again) !== undefined) return { kind: kindOf(again), sequence: number };
  }
  return undefined;
}
