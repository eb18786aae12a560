import type { FirstDifference } from "../../differ/differ.js";
import { differenceOf, kindOf, type Played, replay, sequenceOf } from "../../differ/play.js";
import { RecordedSide } from "../../differ/recorded-side.js";
import type { Numbered } from "./learn.js";
import { openBoth, openSide, type Trial } from "./trial.js";

interface Recorded {
  readonly number: number;
  readonly played: Played;
  /** False where chance or a clock decides how it is answered: it is played for what comes after it, and not compared. */
  readonly isSteady: boolean;
}

/** Sequences as the right implementation has played them, one after the other on one store. */
export type Recording = readonly Recorded[];

/** What has not come then tells nobody apart: it comes again beside one that runs, or it does not count. */
const RECORDING_QUIET_MS = 24;

/**
 * Plays sequences on the right implementation, in this order, until the time is over. They are played by two of it at once,
 * and in half of the time once more against what was recorded: what is not answered always the same is not steady.
 */
export async function record(trial: Trial, sequences: readonly Numbered[]): Promise<Recording> {
  const now = performance.now();
  const recording = await recordOnce({ ...trial, until: now + (trial.until - now) / 2 }, sequences);
  const checked: Recorded[] = [];
  for await (const [recorded, again] of repeat(trial, recording))
    checked.push({ ...recorded, isSteady: recorded.isSteady && differenceOf(again) === undefined });
  return checked;
}

async function recordOnce(trial: Trial, sequences: readonly Numbered[]): Promise<Recording> {
  await using both = await openBoth({ ...trial, quietMs: RECORDING_QUIET_MS });
  const recording: Recorded[] = [];
  for (const { number, sequence } of sequences) {
    if (isOver(trial)) break;
    const played = await replay(sequence, both.sides);
    recording.push({ number, played, isSteady: differenceOf(played) === undefined });
  }
  return recording;
}

/** Plays on a mutant what was recorded; without a mutant, on another of the right implementation. */
async function* repeat(trial: Trial, recording: Recording): AsyncGenerator<readonly [Recorded, Played]> {
  await using live = await openSide(trial, trial.mutant);
  const right = new RecordedSide("right", live.side.scene, live.side.waiting);
  for (const recorded of recording) {
    if (isOver(trial)) return;
    const { played, isSteady } = recorded;
    right.load(played);
    const sides = [right, live.side] as const;
    yield [recorded, await replay(sequenceOf(played), sides, { run: played.run, compares: isSteady })];
  }
}

/**
 * In what a mutant answers otherwise than was recorded. A clock that was somewhere else tells two apart as well: a difference
 * counts when it comes again beside one that runs.
 */
export async function unlikeRecorded(
  trial: Trial,
  recording: Recording,
): Promise<FirstDifference | undefined> {
  for await (const [{ number }, again] of repeat(trial, recording)) {
    trial.onPlayed?.(again, number);
    if (differenceOf(again) === undefined) continue;
    await using both = await openBoth(trial);
    const beside = await replay(sequenceOf(again), both.sides);
    if (differenceOf(beside) !== undefined) return { kind: kindOf(beside), sequence: number };
  }
  return undefined;
}

function isOver({ run, until }: Trial): boolean {
  return run.isOver() || performance.now() > until;
}
