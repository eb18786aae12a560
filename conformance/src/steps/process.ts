import { setTimeout as sleep } from "node:timers/promises";
import type { StepOf } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import { mismatches } from "../expectations/expectation.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import type { CaseState, ProcessEnd } from "./case-state.js";
import { control } from "./control.js";

export function performSignal(_step: StepOf<"signal">, run: CaseRun, state: CaseState): Promise<void> {
  state.exit = control(run).terminate();
  return Promise.resolve();
}

/** Waits for what `signal` has asked for. */
export async function performExits(step: StepOf<"exits">, _run: CaseRun, state: CaseState): Promise<void> {
  if (state.exit === undefined) throw new Error("nothing was signalled");
  assertExit(await state.exit, step.exits);
}

function assertExit({ code, seconds }: ProcessEnd, wanted: number): void {
  if (code === wanted && seconds <= 10) return;
  const fault = `exit ${code} after ${seconds.toFixed(1)} s`;
  throw new StepFailure("SIGTERM", undefined, `exit ${wanted} within 10 s`, { code, seconds }, [fault]);
}

/** Starts the implementation once more and looks at what it prints and how it ends. */
export async function performLaunch({ launch, expect }: StepOf<"launch">, run: CaseRun): Promise<void> {
  const without = run.scope.fill(launch.without ?? []).map((name) => [name, null]);
  const variables = { ...run.scope.fill(launch.with ?? {}), ...Object.fromEntries(without) };
  const { exit, lines } = await control(run).tryLaunch(variables);
  const records = lines.map(parsed);
  const got = { exit, first: records[0], lines: records };
  const faults = mismatches(expect, got, run.scope);
  if (faults.length > 0) throw new StepFailure("launch", { ...launch } as Value, expect, got, faults);
}

export async function performLog({ log }: StepOf<"log">, run: CaseRun): Promise<void> {
  if (log.lines !== undefined) await assertLines(log.lines, run);
  const text = await control(run).log();
  const found = run.scope.fill(log.without ?? []).filter((secret) => text.includes(secret));
  const faults = found.map((secret) => `${secret} is in the log`);
  if (faults.length > 0)
    throw new StepFailure("log", undefined, "nothing that is debug_redact", found, faults);
}

/** A line may be written after the answer of its call. */
async function assertLines(expected: Value, run: CaseRun): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const lines = (await control(run).log()).split("\n").filter(Boolean).map(parsed);
    const faults = mismatches({ lines: expected }, { lines }, run.scope);
    if (faults.length === 0) return;
    if (performance.now() > until)
      throw new StepFailure("log", undefined, expected, lines.slice(-20), faults);
    await sleep(50);
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
