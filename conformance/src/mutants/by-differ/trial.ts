import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { serviceName } from "../../contract/contract.js";
import { type FirstDifference, findFirst } from "../../differ/differ.js";
import type { FieldValues } from "../../differ/generate/field-values.js";
import type { Played } from "../../differ/play.js";
import { numbersFrom, type OpenSides, Search } from "../../differ/search.js";
import { Side } from "../../differ/side.js";
import { findWorld } from "../../run/find-world.js";
import type { Mutant } from "../mutant.js";
import type { MutantPool } from "../mutant-pool.js";

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

/** Sequences that are played on a mutant and on the right implementation side by side. */
export interface Trial {
  readonly run: DifferRun;
  readonly pool: MutantPool;
  readonly values: FieldValues;
  readonly service: string;
  /** Absent: the right implementation. */
  readonly mutant?: Mutant;
  /** When a watch is taken to have nothing more to tell. */
  readonly quietMs?: number;
  /** Sequences that are played first. */
  readonly before?: readonly number[];
  /** The first of those after them. */
  readonly first?: number;
  onPlayed?(played: Played, number: number): void;
  /** Sequences at the most. */
  readonly most?: number;
  readonly until: number;
}

/** So long a mutant is waited for that tells less. */
const PATIENCE_MS = 4000;
const QUIET_MS = 12;

/** Numbers below this one are those of sequences that are learned from. */
export const FIRST_NEW = 30_000;

/** Undefined when it is over before one was told apart. */
export async function firstDifference(trial: Trial): Promise<FirstDifference | undefined> {
  await using search = await openSearch(trial);
  return await findFirst(search);
}

async function openSearch(trial: Trial): Promise<Search> {
  const { run, values, service, until, onPlayed, most = Number.POSITIVE_INFINITY } = trial;
  const { contract, seed } = run;
  const { scene } = await findWorld(service);
  return new Search({
    ...{ contract, values, service: serviceName(contract, service), seed, numbers: numbersOf(trial) },
    open: () => openBoth(trial),
    wellFormed: takesNothingStrange(trial.mutant),
    ...(scene && { scene }),
    ...(onPlayed && { onPlayed }),
    isOver: ({ sequences }) => sequences >= most || run.isOver() || performance.now() > until,
  });
}

function* numbersOf({ before = [], first = FIRST_NEW }: Trial): Generator<number> {
  yield* before;
  yield* numbersFrom(first);
}

/** A proxy that reads a request and writes it again changes bytes that are not the mutant's mistake. */
export function takesNothingStrange(mutant: Mutant | undefined): boolean {
  return mutant?.wrapper !== undefined;
}

/** The right implementation, and the mutant beside it. */
export async function openBoth(trial: Trial): Promise<OpenSides> {
  await using opened = new AsyncDisposableStack();
  const both = await Promise.all([openSide(trial), openSide(trial, trial.mutant)]);
  for (const each of both) opened.use(each);
  const owned = opened.move();
  return { sides: [both[0].side, both[1].side], [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export interface OpenSide extends AsyncDisposable {
  readonly side: Side;
}

/** A mutant that runs alone on a new store; without one, the right implementation. */
export async function openSide(
  { run: { contract }, pool, service: named, quietMs = QUIET_MS }: Trial,
  mutant?: Mutant,
): Promise<OpenSide> {
  const { scene } = await findWorld(named);
  await using opened = new AsyncDisposableStack();
  const { shared, world, service } = opened.use(await pool.openAlone(named, mutant));
  const side = opened.use(
    new Side({
      ...{ contract, service, label: mutant?.name ?? "right", patienceMs: PATIENCE_MS, quietMs },
      addresses: [shared.address],
      ...(world && { world }),
      ...(scene && { scene }),
    }),
  );
  const owned = opened.move();
  return { side, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
