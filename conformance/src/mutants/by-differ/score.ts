import type { FirstDifference } from "../../differ/differ.js";
import { FieldValues } from "../../differ/generate/field-values.js";
import type { Mutant } from "../mutant.js";
import { createMutantPool } from "../mutant-pool.js";
import { learn, type Numbered } from "./learn.js";
import { type Recording, record, unlikeRecorded } from "./recording.js";
import { type DifferRun, type Trial, takesNothingStrange } from "./trial.js";
import { Trust } from "./trust.js";

/** The least share of the mutants that show in answers, in percent. */
export const LEAST_PERCENT = 70;

/** What became of a service's mutants. */
export interface DifferScore {
  readonly killed: readonly string[];
  readonly survived: readonly string[];
  /** Could not be made or started. */
  readonly broken: readonly string[];
  /** True when two of the right implementation were told apart: then nothing that was killed counts. */
  readonly isConfused: boolean;
}

/** So much of the time is for finding out which sequences show most, by the right implementation. */
const LEARNING = 0.1;
/** So much is over when the best of them are recorded. */
const RECORDED = 0.2;

/** Holds mutants against the right implementation by generated calls alone, without any case. */
export async function scoreByDiffer(run: DifferRun): Promise<DifferScore> {
  await using pool = createMutantPool(run.contract, run.checkout);
  const values = new FieldValues(run.contract);
  const left = [...run.mutants];
  const started = performance.now();
  const until = started + run.minutes * 60_000;
  const shareUntil = (share: number) => started + share * (until - started);
  const score = { killed: [] as string[], survived: [] as string[], broken: [] as string[] };
  const service = String(run.mutants[0]?.service);
  const trial = { run, pool, values, service, until };
  const { inOrder, atOnce, confused } = await learn({ ...trial, until: shareUntil(LEARNING) });
  const count = inOrder.length + atOnce.length;
  run.write(`  ${count} sequences of the right implementation in ${secondsSince(started)} s`);
  if (confused !== undefined) run.write(`  ! two of the right implementation: ${confused}`);
  const recordings = await recordBoth({ ...trial, until: shareUntil(RECORDED) }, inOrder);
  const steady = recordings.whole.filter(({ isSteady }) => isSteady).length;
  run.write(
    `  ${recordings.whole.length} of them recorded after ${secondsSince(started)} s; ${steady} are always answered alike`,
  );
  const trust = new Trust(trial);
  const work = async () => {
    for (let mutant = left.shift(); mutant !== undefined && !run.isOver(); mutant = left.shift()) {
      // What is killed early leaves its time to those that come later.
      const share = ((until - performance.now()) * run.jobs) / (left.length + run.jobs);
      await tryOne(mutant, Math.min(until, performance.now() + share));
    }
  };

  async function tryOne(mutant: Mutant, end: number): Promise<void> {
    const began = performance.now();
    let played = 0;
    const onPlayed = () => {
      played += 1;
    };
    try {
      const recording = takesNothingStrange(mutant) ? recordings.wellFormed : recordings.whole;
      const tried = { ...trial, mutant, until: end, onPlayed };
      const found =
        (await unlikeRecorded(tried, recording)) ??
        (await trust.firstTrusted({ ...tried, before: trust.inOrder(atOnce) }));
      const isKilled = found !== undefined && performance.now() <= until;
      (isKilled ? score.killed : score.survived).push(mutant.name);
      run.write(
        `  ${isKilled ? "✓" : "✗"} ${mutant.name}: ${tell(found)} (${played} sequences, ${secondsSince(began)} s)`,
      );
    } catch (error) {
      score.broken.push(mutant.name);
      run.write(`  ! ${mutant.name}: ${String(error)}`);
    }
  }

  await Promise.all(Array.from({ length: run.jobs }, work));
  return { ...score, isConfused: confused !== undefined };
}

interface Recordings {
  readonly whole: Recording;
  /** Without what is strange. */
  readonly wellFormed: Recording;
}

async function recordBoth(trial: Trial, sequences: readonly Numbered[]): Promise<Recordings> {
  const isNeeded = trial.run.mutants.some(takesNothingStrange);
  const [whole, wellFormed] = await Promise.all([
    record(trial, sequences),
    isNeeded ? record(trial, sequences.map(withoutBytes)) : [],
  ]);
  return { whole, wellFormed };
}

function withoutBytes({ number, sequence: { peers, calls } }: Numbered): Numbered {
  return { number, sequence: { peers, calls: calls.map((call) => ({ ...call, bytes: "" })) } };
}

function tell(found: FirstDifference | undefined): string {
  return found === undefined ? "survived" : `${found.kind}, by sequence ${found.sequence}`;
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
