import type { AnswerStep, BeginStep, RestartStep, StoreStep } from "../case.js";
import { type CaseRun, StepFailure } from "../case-run.js";
import { Connection } from "../connection.js";
import type { Running } from "./perform.js";

export function performBegin(step: BeginStep, run: CaseRun, running: Running): Promise<void> {
  const answer = run.call(step.begin, step, step.request);
  // Whoever asks for it hears of a failure; a case may also leave it be.
  answer.catch(() => undefined);
  running.begun.set(step.name, answer);
  return Promise.resolve();
}

export async function performAnswer(step: AnswerStep, run: CaseRun, running: Running): Promise<void> {
  const begun = running.begun.get(step.answer);
  if (begun === undefined) throw new Error(`no call is called "${step.answer}"`);
  const answer = await begun;
  if (step.expect !== undefined) run.check(`answer ${step.answer}`, undefined, step.expect, answer);
}

/** Ends the target and starts it again, or the implementation that takes over from it. */
export async function performRestart(step: RestartStep, run: CaseRun): Promise<void> {
  await control(run).restart(step.restart);
  run.connection[Symbol.dispose]();
  run.connection = new Connection(run.context.target.address);
}

export function performStore(step: StoreStep, run: CaseRun): Promise<void> {
  return control(run).store(step.store);
}

/** SIGTERM: the process must end by itself, with 0, within ten seconds. */
export async function performTerminate(_step: { readonly terminate: boolean }, run: CaseRun): Promise<void> {
  const { code, seconds } = await control(run).terminate();
  if (code === 0 && seconds <= 10) return;
  throw new StepFailure("SIGTERM", undefined, "exit 0 within 10 s", { code, seconds }, [
    `exit ${code} after ${seconds} s`,
  ]);
}

function control(run: CaseRun) {
  const { control: found } = run.context.target;
  if (found === undefined) throw new Error("the target is not the suite's to control");
  return found;
}
