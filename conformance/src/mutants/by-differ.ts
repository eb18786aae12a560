import { AsyncDisposableStack } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import { serviceName } from "../contract/contract.js";
import { findFirst } from "../differ/differ.js";
import { FieldValues } from "../differ/generate/field-values.js";
import type { OpenSides } from "../differ/search.js";
import { Side } from "../differ/side.js";
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

/** Holds mutants against the right implementation by generated calls alone, without any case. */
export async function scoreByDiffer(run: DifferRun): Promise<DifferScore> {
  await using pool = createMutantPool(run.contract, run.checkout);
  const values = new FieldValues(run.contract);
  const left = [...run.mutants];
  const until = performance.now() + run.minutes * 60_000;
  const score = {
    killed: [] as string[],
    survived: [] as string[],
    broken: [] as string[],
    isConfused: false,
  };
  const service = String(run.mutants[0]?.service);
  const work = async () => {
    for (let mutant = left.shift(); mutant !== undefined && !run.isOver(); mutant = left.shift()) {
      // What is killed early leaves its time to those that come later.
      const share = ((until - performance.now()) * run.jobs) / (left.length + run.jobs);
      await tryOne(mutant, Math.min(until, performance.now() + share));
    }
  };

  async function tryOne(mutant: Mutant, end: number): Promise<void> {
    const started = performance.now();
    const found = await difference({ run, pool, values, service, mutant, until: end }).catch(
      (error: unknown) => {
        score.broken.push(mutant.name);
        return `broken: ${String(error)}`;
      },
    );
    const inTime = performance.now() <= until;
    if (!score.broken.includes(mutant.name))
      (found !== undefined && inTime ? score.killed : score.survived).push(mutant.name);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    run.write(`  ${found === undefined ? "✗" : "✓"} ${mutant.name}: ${found ?? "survived"} (${seconds} s)`);
  }

  await Promise.all(Array.from({ length: run.jobs }, work));
  const control = await difference({ run, pool, values, service, until: performance.now() + CONTROL_MS });
  if (control !== undefined) run.write(`  ! two of the right implementation: ${control}`);
  return { ...score, isConfused: control !== undefined };
}

/** So long a mutant is waited for that tells less. */
const PATIENCE_MS = 4000;

/** So long two of the right implementation are held against each other. */
const CONTROL_MS = 20_000;

interface Trial {
  readonly run: DifferRun;
  readonly pool: MutantPool;
  readonly values: FieldValues;
  readonly service: string;
  /** Absent: the right implementation. */
  readonly mutant?: Mutant;
  readonly until: number;
}

async function difference({ run, pool, values, service, mutant, until }: Trial): Promise<string | undefined> {
  const { contract, seed } = run;
  const { scene } = await findWorld(service);
  const open = async (): Promise<OpenSides> => {
    await using opened = new AsyncDisposableStack();
    const [right, wrong] = await Promise.all([pool.openAlone(service), pool.openAlone(service, mutant)]);
    for (const bed of [right, wrong]) opened.use(bed);
    const side = ({ shared, world, ...bed }: TestBed, label: string) => {
      const options = {
        contract,
        service: bed.service,
        label,
        addresses: [shared.address],
        patienceMs: PATIENCE_MS,
      };
      return opened.use(new Side({ ...options, ...(world && { world }), ...(scene && { scene }) }));
    };
    const sides = [side(right, "right"), side(wrong, mutant?.name ?? "right")] as const;
    const owned = opened.move();
    return { sides, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  };
  return findFirst({
    ...{ contract, values, service: serviceName(contract, service), seed, first: 0, open },
    // A proxy that reads a request and writes it again changes bytes that are not the mutant's mistake.
    wellFormed: mutant?.wrapper !== undefined,
    ...(scene && { scene }),
    isOver: () => run.isOver() || performance.now() > until,
  });
}
