import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { serviceName } from "../contract/contract.js";
import { type FirstDifference, findFirst } from "../differ/differ.js";
import { FieldValues } from "../differ/generate/field-values.js";
import type { Played } from "../differ/play.js";
import { type OpenSides, Search } from "../differ/search.js";
import { Side } from "../differ/side.js";
import { byWorth, type Known, shownBy } from "../differ/worth.js";
import { findWorld } from "../run/find-world.js";
import type { TestBed } from "../run/test-bed.js";
import type { Mutant } from "./mutant.js";
import { createMutantPool, type MutantPool } from "./mutant-pool.js";

/** The least share of the mutants that show in answers, in percent. */
export const LEAST_PERCENT = 70;

export interface DifferRun {
  readonly contract: Contract;
  /** The folder with `services`, where implementations are looked for. */
  readonly checkout: string;
  /** Of one service. */
  readonly mutants: readonly Mutant[];
  readonly seed: number;
  /** For all of them together. */
  readonly minutes: number;
  /** Mutants at once. */
  readonly jobs: number;
  write(line: string): void;
  /** Asked before each sequence: true when no more are to be tried. */
  isOver(): boolean;
}

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
const LEARNING = 0.12;

/** So long a mutant is waited for that tells less. */
const PATIENCE_MS = 4000;

/** Holds mutants against the right implementation by generated calls alone, without any case. */
export async function scoreByDiffer(run: DifferRun): Promise<DifferScore> {
  await using pool = createMutantPool(run.contract, run.checkout);
  const values = new FieldValues(run.contract);
  const left = [...run.mutants];
  const started = performance.now();
  const until = started + run.minutes * 60_000;
  const score = { killed: [] as string[], survived: [] as string[], broken: [] as string[] };
  const service = String(run.mutants[0]?.service);
  const trial = { run, pool, values, service };
  const learned = await learn({ ...trial, until: started + LEARNING * (until - started) });
  const { worth, confused } = learned;
  run.write(`  ${worth.length} sequences of the right implementation in ${secondsSince(started)} s`);
  if (confused !== undefined) run.write(`  ! two of the right implementation: ${confused}`);
  /** How many each sequence has killed: what tells one mistake tells others. */
  const kills = new Map<number, number>();
  const work = async () => {
    for (let mutant = left.shift(); mutant !== undefined && !run.isOver(); mutant = left.shift()) {
      // What is killed early leaves its time to those that come later.
      const share = ((until - performance.now()) * run.jobs) / (left.length + run.jobs);
      await tryOne(mutant, Math.min(until, performance.now() + share));
    }
  };

  async function tryOne(mutant: Mutant, end: number): Promise<void> {
    const began = performance.now();
    const before = worth.toSorted((a, b) => (kills.get(b) ?? 0) - (kills.get(a) ?? 0));
    try {
      const found = await firstDifference({ ...trial, mutant, until: end, before });
      const isKilled = found !== undefined && performance.now() <= until;
      if (isKilled) kills.set(found.sequence, (kills.get(found.sequence) ?? 0) + 1);
      (isKilled ? score.killed : score.survived).push(mutant.name);
      run.write(`  ${isKilled ? "✓" : "✗"} ${mutant.name}: ${tell(found)} (${secondsSince(began)} s)`);
    } catch (error) {
      score.broken.push(mutant.name);
      run.write(`  ! ${mutant.name}: ${String(error)}`);
    }
  }

  await Promise.all(Array.from({ length: run.jobs }, work));
  return { ...score, isConfused: confused !== undefined };
}

function tell(found: FirstDifference | undefined): string {
  return found === undefined ? "survived" : `${found.kind}, by sequence ${found.sequence}`;
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

interface Trial {
  readonly run: DifferRun;
  readonly pool: MutantPool;
  readonly values: FieldValues;
  readonly service: string;
  /** Absent: the right implementation. */
  readonly mutant?: Mutant;
  /** Sequences that are played first. */
  readonly before?: readonly number[];
  onPlayed?(played: Played, number: number): void;
  readonly until: number;
}

interface Learned {
  /** Numbers of sequences, those that show most first. */
  readonly worth: readonly number[];
  /** In what two of the right implementation were told apart. */
  readonly confused?: string;
}

/** Plays sequences on two of the right implementation, and tells which of them show most. */
async function learn(trial: Trial): Promise<Learned> {
  const known: Known[] = [];
  const onPlayed = (played: Played, number: number) => {
    const calls = new Set(played.calls.map(({ call }) => call.id)).size;
    known.push({ number, calls, shown: new Set(shownBy(played)) });
  };
  const learners = Math.min(trial.run.jobs, LEARNERS);
  const searches = Array.from({ length: learners }, (_, n) => {
    const before = Array.from({ length: MOST_LEARNED }, (__, m) => n + m * learners);
    return firstDifference({ ...trial, before, onPlayed });
  });
  const found = (await Promise.all(searches)).find((each) => each !== undefined);
  return { worth: byWorth(known), ...(found && { confused: found.kind }) };
}

const LEARNERS = 3;
const MOST_LEARNED = 10_000;

async function firstDifference(trial: Trial): Promise<FirstDifference | undefined> {
  await using search = await openSearch(trial);
  return findFirst(search);
}

async function openSearch(trial: Trial): Promise<Search> {
  const { run, pool, values, service, mutant, until, before, onPlayed } = trial;
  const { contract, seed } = run;
  const { scene } = await findWorld(service);
  const open = async (): Promise<OpenSides> => {
    await using opened = new AsyncDisposableStack();
    const beds = await Promise.all([pool.openAlone(service), pool.openAlone(service, mutant)]);
    for (const bed of beds) opened.use(bed);
    const side = ({ shared, world, ...bed }: TestBed, label: string) => {
      const options = {
        ...{ contract, service: bed.service, label },
        ...{ addresses: [shared.address], patienceMs: PATIENCE_MS },
      };
      return opened.use(new Side({ ...options, ...(world && { world }), ...(scene && { scene }) }));
    };
    const sides = [side(beds[0], "right"), side(beds[1], mutant?.name ?? "right")] as const;
    const owned = opened.move();
    return { sides, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  };
  return new Search({
    ...{ contract, values, service: serviceName(contract, service), seed, first: 0, open },
    // A proxy that reads a request and writes it again changes bytes that are not the mutant's mistake.
    wellFormed: mutant?.wrapper !== undefined,
    ...(scene && { scene }),
    ...(before && { before }),
    ...(onPlayed && { onPlayed }),
    isOver: () => run.isOver() || performance.now() > until,
  });
}
