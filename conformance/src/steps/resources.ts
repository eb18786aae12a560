import { setTimeout as sleep } from "node:timers/promises";
import type { StepOf } from "../cases/steps.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import type { CaseState } from "./case-state.js";
import { control } from "./control.js";

/** Memory is given back when it is collected, and sockets are closed a little later. */
const WITHIN_MS = 20_000;
const SECOND = 1000;

export async function performResources(
  step: StepOf<"resources">,
  run: CaseRun,
  state: CaseState,
): Promise<void> {
  const { use } = control(run);
  if (step.resources === "remember") {
    state.use = use();
    return;
  }
  const { use: before } = state;
  if (before === undefined) throw new Error("nothing was remembered");
  const until = performance.now() + WITHIN_MS;
  for (;;) {
    const rest = use();
    await sleep(SECOND);
    const after = use();
    const got = {
      memory: after.memory - before.memory,
      descriptors: after.descriptors - before.descriptors,
      work: rest.cpu - before.cpu,
      cpu: after.cpu - rest.cpu,
    };
    const faults = (["memory", "descriptors", "work", "cpu"] as const).flatMap((what) =>
      got[what] > (step[what] ?? Number.POSITIVE_INFINITY) ? [`${what}: ${got[what].toFixed(2)} more`] : [],
    );
    if (faults.length === 0) return;
    if (performance.now() > until)
      throw new StepFailure("resources", undefined, { ...step }, { before, after, got }, faults);
  }
}
