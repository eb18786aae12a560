import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { StepOf } from "../cases/steps.js";
import { toMs } from "../expectations/expectation.js";
import { Connection } from "../targets/connection.js";
import type { TargetControl } from "../targets/target.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import type { CaseState } from "./case-state.js";

export function performBegin(step: StepOf<"begin">, run: CaseRun, state: CaseState): Promise<void> {
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const answer = lastOf(
    Array.from({ length: step.times ?? 1 }, () => run.call(step.begin, step, step.request, leaving.signal)),
  );
  // A failure is thrown by the step that waits for the answer; a case need not have one.
  answer.catch(() => undefined);
  state.begun.set(step.name, { answer, cancel: () => leaving.abort() });
  return Promise.resolve();
}

async function lastOf<T>(calls: readonly Promise<T>[]): Promise<T> {
  const answers = await Promise.all(calls);
  return answers.at(-1) as T;
}

/** Cancels a stream, or a call that was begun. */
export function performCancel(
  step: StepOf<"cancel">,
  _run: CaseRun,
  { streams, begun, crowds }: CaseState,
): Promise<void> {
  const { cancel: name } = step;
  const call = streams.get(name)?.call ?? begun.get(name);
  const leave = crowds.get(name) ?? (call && (() => call.cancel()));
  if (leave === undefined) throw new Error(`no stream and no call is called "${name}"`);
  leave();
  return Promise.resolve();
}

export async function performPending(
  step: StepOf<"pending">,
  _run: CaseRun,
  state: CaseState,
): Promise<void> {
  const begun = state.begun.get(step.pending);
  if (begun === undefined) throw new Error(`no call is called "${step.pending}"`);
  const answered = await Promise.race([begun.answer, new Promise((resolve) => setImmediate(resolve))]);
  if (answered !== undefined)
    throw new StepFailure(`pending ${step.pending}`, undefined, "no answer yet", answered, [
      "it is answered",
    ]);
}

export async function performAnswer(step: StepOf<"answer">, run: CaseRun, state: CaseState): Promise<void> {
  const begun = state.begun.get(step.answer);
  if (begun === undefined) throw new Error(`no call is called "${step.answer}"`);
  const answer = await begun.answer;
  if (step.expect !== undefined) run.check(`answer ${step.answer}`, undefined, step.expect, answer);
}

/** Ends the target and starts it again, or the implementation that takes over from it. */
export async function performRestart(
  { restart, with: variables }: StepOf<"restart">,
  run: CaseRun,
): Promise<void> {
  await control(run).restart(restart, run.scope.fill(variables ?? {}));
  run.connection[Symbol.dispose]();
  run.connection = new Connection(run.context.target.address);
}

export async function performReplace({ replace, content }: StepOf<"replace">, run: CaseRun): Promise<void> {
  control(run).replaceFile(run.scope.fill(replace), run.scope.fill(content));
}

/** Starts a second target beside the first, or changes between the two: the calls that follow go to the other. */
export async function performSecond(step: StepOf<"second">, run: CaseRun): Promise<void> {
  if (step.second === "start") run.second = new Connection(await control(run).second());
  else if (run.second === undefined) throw new Error("there is no second target");
  else [run.connection, run.second] = [run.second, run.connection];
}

export async function performStore(step: StepOf<"store">, run: CaseRun): Promise<void> {
  switch (step.store) {
    case "remember":
      return control(run).rememberStore();
    case "unchanged":
      if (await control(run).wasWritten())
        throw new StepFailure("store", undefined, "nothing was written", null, ["it was written to"]);
      return;
    default:
      await control(run).store(step.store, toMs(run.scope.fill(step.by ?? "0ms")));
  }
  if (step.for === undefined) return;
  await sleep(toMs(step.for));
  await control(run).store("start", 0);
}

export async function performMesh({ mesh, for: lasts }: StepOf<"mesh">, run: CaseRun): Promise<void> {
  await control(run).mesh(mesh);
  if (lasts === undefined) return;
  await sleep(toMs(lasts));
  await control(run).mesh("start");
}

/** What may be done to the target. */
export function control(run: CaseRun): TargetControl {
  const { control: found } = run.context.target;
  if (found === undefined) throw new Error("the target is not the suite's to control");
  return found;
}
