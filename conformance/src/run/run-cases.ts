import type { Case } from "../cases/case.js";
import type { Observation } from "../coverage/observation.js";
import { Scope } from "../expectations/scope.js";
import type { CaseResult } from "../report/case-result.js";
import { type CaseContext, CaseRun, StepFailure } from "../steps/case-run.js";
import type { CaseState } from "../steps/case-state.js";
import { perform } from "../steps/perform.js";
import type { Target } from "../targets/target.js";
import { Admission } from "./admission.js";
import type { TestBed } from "./test-bed.js";

export interface RunOptions {
  /** Order of the cases; the same seed gives the same order. Absent: as they come. */
  readonly seed?: number;
  /** Cases at once. */
  readonly jobs: number;
  observe(observation: Observation): void;
  onResult(result: CaseResult): void;
  /** Asked before each case: true when no more are to begin. */
  isOver?(): boolean;
}

/** Runs cases, several at once, and tells of each as it ends. */
export async function runCases(
  cases: readonly Case[],
  bed: TestBed,
  options: RunOptions,
): Promise<readonly CaseResult[]> {
  const waiting = options.seed === undefined ? [...cases] : shuffled(cases, options.seed);
  const results: CaseResult[] = [];
  const admission = new Admission();
  const work = async () => {
    for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
      if (options.isOver?.() === true) return;
      const result = await admission.admit(() => runCase(test, bed, options));
      results.push(result);
      options.onResult(result);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  return results;
}

async function runCase(test: Case, bed: TestBed, { observe }: RunOptions): Promise<CaseResult> {
  const started = performance.now();
  const since = () => Math.round(performance.now() - started);
  const needsOwn = test.needs.some((need) => need !== "launch");
  const scope = new Scope();
  if (test.needs.length > 0 && bed.own === undefined) {
    return { test, outcome: "skipped", ms: 0, why: "it needs a target that the suite starts itself" };
  }
  if (test.needs.includes("resources") && process.platform !== "linux") {
    return { test, outcome: "skipped", ms: 0, why: "it reads /proc, which Linux alone has" };
  }
  let own: Target | undefined;
  try {
    own = needsOwn ? await bed.own?.(test, scope) : undefined;
    const { contract, service, variables } = bed;
    await runSteps(test, { contract, service, variables, target: own ?? bed.shared, scope, observe }, bed);
    return { test, outcome: "passed", ms: since() };
  } catch (error) {
    const failure = error instanceof StepFailure ? error : undefined;
    const why = error instanceof Error ? error.message : String(error);
    return { test, outcome: "failed", ms: since(), why, ...(failure === undefined ? {} : { failure }) };
  } finally {
    await own?.[Symbol.asyncDispose]();
  }
}

async function runSteps(test: Case, context: CaseContext, bed: TestBed): Promise<void> {
  using run = new CaseRun(test, context);
  const state: CaseState = {
    streams: new Map(),
    begun: new Map(),
    crowds: new Map(),
    steps: async (steps) => {
      for (const step of steps) await perform(step, run, state);
    },
    worldStep: async (step) => (await bed.world?.perform?.(step, run)) ?? false,
  };
  bed.world?.begin?.(run);
  try {
    await state.steps(test.steps);
  } finally {
    for (const { call } of state.streams.values()) call.cancel();
  }
}

/** Fisher and Yates, with the numbers of mulberry32. */
function shuffled<T>(list: readonly T[], seed: number): T[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
  }
  return copy;
}
