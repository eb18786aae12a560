import type { GivenStep } from "../cases/case.js";
import type { CaseRun } from "./case-run.js";
import type { Running } from "./perform.js";

/** Sets the variables of a beginning that cases share, then performs it. */
export async function performGiven(step: GivenStep, run: CaseRun, running: Running): Promise<void> {
  for (const [name, value] of Object.entries(step.with)) run.scope.bind(name, run.scope.fill(value));
  await running.steps(step.steps);
}
