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
  const trial = { run, pool, values, service, until };
  const learned = await learn({ ...trial, until: started + LEARNING * (until - started) });
  const { worth, confused } = learned;
  run.write(`  ${worth.length} sequences of the right implementation in ${secondsSince(started)} s`);
  if (confused !== undefined) run.write(`  ! two of the right implementation: ${confused}`);
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
      const before = trust.inOrder(worth);
      const found = await trust.firstTrusted({ ...trial, mutant, until: end, before, onPlayed });
      const isKilled = found !== undefined && performance.now() <= until;
      if (isKilled) trust.hasKilled(found.sequence);
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

/** So often a sequence is played on two of the right implementation before it counts. */
const PROBES = 3;

/**
 * Which sequences have killed, and which tell two of the right implementation apart as well: those that end when a clock
 * says so. Each that kills is looked at before it counts, and again when it has killed twice as many.
 */
class Trust {
  readonly #kills = new Map<number, number>();
  readonly #unsteady = new Set<number>();

  /** `trial`: of the right implementation. */
  constructor(readonly trial: Trial) {}

  hasKilled(sequence: number): void {
    this.#kills.set(sequence, (this.#kills.get(sequence) ?? 0) + 1);
  }

  /** Those that have killed most come first: what tells one mistake tells others. */
  inOrder(worth: readonly number[]): readonly number[] {
    const of = (sequence: number) => this.#kills.get(sequence) ?? 0;
    return worth.filter((each) => !this.#unsteady.has(each)).toSorted((a, b) => of(b) - of(a));
  }

  async firstTrusted(trial: Trial): Promise<FirstDifference | undefined> {
    for (let left = trial; ; ) {
      const found = await firstDifference(left);
      if (found === undefined || (await this.#isSteady(found.sequence))) return found;
      const { before = [] } = left;
      const at = before.indexOf(found.sequence);
      const rest = at < 0 ? { before: [], first: found.sequence + 1 } : { before: before.slice(at + 1) };
      left = { ...left, ...rest };
    }
  }

  async #isSteady(sequence: number): Promise<boolean> {
    if (this.#unsteady.has(sequence)) return false;
    const kills = this.#kills.get(sequence) ?? 0;
    // 0, 1, 2, 4, 8, …
    if ((kills & (kills - 1)) !== 0) return true;
    const before = Array.from({ length: PROBES }, () => sequence);
    const found = await firstDifference({ ...this.trial, before, most: PROBES });
    if (found === undefined) return true;
    this.#unsteady.add(sequence);
    return false;
  }
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
  /** The first of those after them. */
  readonly first?: number;
  onPlayed?(played: Played, number: number): void;
  /** Sequences at the most. */
  readonly most?: number;
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
    return firstDifference({ ...trial, first: n * MOST_LEARNED, onPlayed });
  });
  const found = (await Promise.all(searches)).find((each) => each !== undefined);
  return { worth: byWorth(known), ...(found && { confused: found.kind }) };
}

const LEARNERS = 3;
/** Each learner's own sequences: more than it has time for. */
const MOST_LEARNED = 10_000;

async function firstDifference(trial: Trial): Promise<FirstDifference | undefined> {
  await using search = await openSearch(trial);
  return await findFirst(search);
}

async function openSearch(trial: Trial): Promise<Search> {
  const { run, pool, values, service, mutant, until, before, onPlayed } = trial;
  const { first = LEARNERS * MOST_LEARNED, most = Number.POSITIVE_INFINITY } = trial;
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
    ...{ contract, values, service: serviceName(contract, service), seed, first, open },
    // A proxy that reads a request and writes it again changes bytes that are not the mutant's mistake.
    wellFormed: mutant?.wrapper !== undefined,
    ...(scene && { scene }),
    ...(before && { before }),
    ...(onPlayed && { onPlayed }),
    isOver: ({ sequences }) => sequences >= most || run.isOver() || performance.now() > until,
  });
}
