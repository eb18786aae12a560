import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Implementation } from "@theseus/runtime";
import type { Case } from "../cases/case.js";
import type { MutantPool } from "../mutants/mutant-pool.js";
import type { CaseResult } from "../report/case-result.js";
import { runCases } from "../run/run-cases.js";
import type { TestBed } from "../run/test-bed.js";
import type { CaseOrder } from "./case-order.js";
import type { GeneratedMutant } from "./generated-mutant.js";
import { type MutationLanguage, NotBuilt } from "./mutation-language.js";

/** `not-built` and `not-started` never run, so they say nothing of the suite. */
export type Outcome = "killed" | "survived" | "not-built" | "not-started";

export interface GeneratedVerdict {
  readonly mutant: GeneratedMutant;
  readonly outcome: Outcome;
  /** The case that killed it. */
  readonly by?: Case;
  readonly ms: number;
}

export interface GeneratedTrial {
  readonly service: string;
  readonly checkout: string;
  readonly implementation: Implementation;
  readonly language: MutationLanguage;
  readonly pool: MutantPool;
  /** The right implementation, on which a case must pass that kills. */
  readonly right: TestBed;
  readonly order: CaseOrder;
  /** Cases at once. */
  readonly jobs: number;
}

/** Builds and starts a mutant and runs the cases against it until one fails. */
export async function tryGenerated(
  mutant: GeneratedMutant,
  trial: GeneratedTrial,
): Promise<GeneratedVerdict> {
  const started = performance.now();
  const verdict = (outcome: Outcome, by?: Case): GeneratedVerdict => {
    const ms = Math.round(performance.now() - started);
    return { mutant, outcome, ms, ...(by === undefined ? {} : { by }) };
  };
  const { service, implementation: original, language, pool } = trial;
  using place = makePlace(trial.checkout, original);
  let built: Implementation;
  try {
    built = await language.build(original, mutant, place.folder);
  } catch (error) {
    if (error instanceof NotBuilt) return verdict("not-built");
    throw error;
  }
  const opened = await pool.openImplementation(service, built).catch(() => undefined);
  if (opened === undefined) return verdict("not-started");
  await using bed = opened;
  const by = await findKiller(bed, trial);
  return verdict(by === undefined ? "survived" : "killed", by);
}

/**
 * The first case that fails on the mutant and not on the right implementation, each time that it is repeated. Cases that are
 * still running then end by themselves, when their target is gone.
 */
function findKiller(bed: TestBed, { order, jobs, right }: GeneratedTrial): Promise<Case | undefined> {
  return new Promise((resolve, reject) => {
    let found = false;
    const repeats: Promise<void>[] = [];
    const repeat = async (test: Case) => {
      if (!(await tellsApart(test, bed, right)) || found) return;
      found = true;
      order.killed(test);
      resolve(test);
    };
    const options = { jobs, observe: () => undefined, isOver: () => found };
    const onResult = (result: CaseResult) => {
      order.ran(result);
      if (result.outcome === "failed" && !found) repeats.push(repeat(result.test));
    };
    runCases(order.next(), bed, { ...options, onResult })
      .then(() => Promise.all(repeats))
      .then(() => resolve(undefined), reject);
  });
}

/** How often a failure is repeated: on a busy machine a case can fail by itself, and one of two hundred then does. */
const REPEATS = 2;

async function tellsApart(test: Case, bed: TestBed, right: TestBed): Promise<boolean> {
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    if (!(await fails(test, bed))) return false;
    if (await fails(test, right)) return false;
  }
  return true;
}

async function fails(test: Case, bed: TestBed): Promise<boolean> {
  const ignore = () => undefined;
  const results = await runCases([test], bed, { jobs: 1, observe: ignore, onResult: ignore });
  return results.some(({ outcome }) => outcome === "failed");
}

interface Place extends Disposable {
  readonly folder: string;
}

/** An empty folder of the implementation's name below the checkout, with what lies beside the implementation beside it. */
function makePlace(checkout: string, { folder: original }: Implementation): Place {
  const above = join(checkout, ".theseus");
  mkdirSync(above, { recursive: true, mode: 0o700 });
  const root = mkdtempSync(join(above, "mutant-"));
  const beside = dirname(original);
  for (const entry of readdirSync(beside, { withFileTypes: true }))
    if (entry.isDirectory() && !existsSync(join(beside, entry.name, "implementation.json")))
      symlinkSync(join(beside, entry.name), join(root, entry.name));
  const folder = join(root, basename(original));
  mkdirSync(folder);
  return { folder, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}
