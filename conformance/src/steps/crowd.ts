import { once, setMaxListeners } from "node:events";
import type { StepOf } from "../cases/steps.js";
import type { CaseRun } from "./case-run.js";
import type { CaseState } from "./case-state.js";
import { BEGINS_WITHIN_MS, ownConnection, streamRequest } from "./streams.js";

/** Opens many streams at once. */
export async function performCrowd(
  step: StepOf<"crowd">,
  run: CaseRun,
  { crowds }: CaseState,
): Promise<void> {
  const connection = step.shared === true ? run.connection : ownConnection(run);
  const method = run.method(step.crowd);
  const request = streamRequest(step, run);
  const calls = Array.from({ length: Number(run.scope.fill(step.count)) }, () => {
    const call = connection.download(method, run.encode(method, step.request), request);
    call.on("error", () => undefined);
    if (step.reads !== false) call.resume();
    return call;
  });
  crowds.set(step.name, () => {
    for (const call of calls) call.cancel();
    if (step.shared !== true) connection[Symbol.dispose]();
  });
  const begun = AbortSignal.timeout(BEGINS_WITHIN_MS);
  setMaxListeners(0, begun);
  await Promise.all(calls.map((call) => once(call, "metadata", { signal: begun })));
}
