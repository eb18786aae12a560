import type { StepOf } from "../cases/steps.js";
import type { CaseRun } from "./case-run.js";
import type { CaseState } from "./case-state.js";

/** Sets the variables of a beginning that cases share, then performs it. */
export async function performGiven(step: StepOf<"given">, run: CaseRun, state: CaseState): Promise<void> {
  for (const [name, value] of Object.entries(step.with)) run.scope.bind(name, run.scope.fill(value));
  await state.steps(step.steps);
}
