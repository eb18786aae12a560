import type { Case } from "../cases/case.js";
import type { CaseResult } from "../report/case-result.js";
import { runCases } from "../run/run-cases.js";
import type { Mutant } from "./mutant.js";
import type { MutantPool } from "./mutant-pool.js";

/**
 * What became of a mutant: `killed` by all of its cases; `survived` at least one of them; `void` when it is of no
 * use: it cannot be made or started, or fails at more than its cases.
 */
export interface Verdict {
  readonly mutant: Mutant;
  readonly outcome: "killed" | "survived" | "void";
  readonly ms: number;
  /** The cases that killed it. */
  readonly by: readonly string[];
  /** What those cases found, a line each. */
  readonly found: readonly string[];
  /** What is wrong with the mutant, where something is: a line each. */
  readonly why: readonly string[];
}

export interface Trial {
  readonly pool: MutantPool;
  /** All cases of the mutant's service. */
  readonly cases: readonly Case[];
}

/** Runs the cases that kill a mutant, whose expectations must all fail, and one that must pass. */
export async function tryMutant(mutant: Mutant, { pool, cases }: Trial): Promise<Verdict> {
  const started = performance.now();
  const verdict = (outcome: Verdict["outcome"], why: readonly string[], sorted?: Sorted): Verdict => {
    const { killed: by = [], found = [] } = sorted ?? {};
    return { mutant, outcome, by, found, why, ms: Math.round(performance.now() - started) };
  };
  const names = [mutant.healthy, ...mutant.killedBy];
  const missing = names.filter((wanted) => !cases.some(({ name }) => name === wanted));
  if (mutant.killedBy.length === 0) return verdict("survived", ["no case is named that kills it"]);
  if (missing.length > 0) return verdict("void", [`there is no case ${missing.join(", ")}`]);
  try {
    await using bed = await pool.open(mutant);
    const wanted = cases.filter(({ name }) => names.includes(name));
    const results = await runCases(wanted, bed, { seed: 1, jobs: 3, observe: ignore, onResult: ignore });
    const sorted = sort(results, mutant);
    if (sorted.void.length > 0) return verdict("void", sorted.void, sorted);
    return verdict(sorted.alive.length > 0 ? "survived" : "killed", sorted.alive, sorted);
  } catch (error) {
    return verdict("void", [error instanceof Error ? error.message : String(error)]);
  }
}

interface Sorted {
  readonly killed: string[];
  readonly found: string[];
  readonly alive: string[];
  readonly void: string[];
}

function sort(results: readonly CaseResult[], { healthy }: Mutant): Sorted {
  const sorted: Sorted = { killed: [], found: [], alive: [], void: [] };
  for (const { test, outcome, failure, why } of results) {
    if (test.name === healthy) {
      if (outcome !== "passed") sorted.void.push(`it fails ${healthy}, which it must pass: ${why}`);
    } else if (outcome !== "failed") sorted.alive.push(`${test.name} ${outcome}`);
    // A case that broke off for another reason says nothing about its clause.
    else if (failure === undefined) sorted.void.push(`${test.name} failed by itself: ${why}`);
    else {
      sorted.killed.push(test.name);
      sorted.found.push(failure.message);
    }
  }
  return sorted;
}

function ignore(): void {}
