import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { serviceName } from "../../contract/contract.js";
import { type FirstDifference, findFirst } from "../../differ/differ.js";
import type { FieldValues } from "../../differ/generate/field-values.js";
import type { Played } from "../../differ/play.js";
import { type OpenSides, Search } from "../../differ/search.js";
import { Side } from "../../differ/side.js";
import { findWorld } from "../../run/find-world.js";
import type { TestBed } from "../../run/test-bed.js";
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

/** Numbers below this one are those of sequences that are learned from. */
export const FIRST_NEW = 30_000;

/** Undefined when it is over before one was told apart. */
export async function firstDifference(trial: Trial): Promise<FirstDifference | undefined> {
  await using search = await openSearch(trial);
  return await findFirst(search);
}

async function openSearch(trial: Trial): Promise<Search> {
  const { run, pool, values, service, mutant, until, before, onPlayed } = trial;
  const { first = FIRST_NEW, most = Number.POSITIVE_INFINITY } = trial;
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
