import { once } from "node:events";
import pLimit from "p-limit";
import type { StepOf } from "../cases/steps.js";
import type { CaseRun } from "./case-run.js";
import type { CaseState } from "./case-state.js";
import { BEGINS_WITHIN_MS, ownConnection, streamRequest } from "./streams.js";

/** So many begin at a time: what is asked is what a crowd costs, not how fast it can come. */
const AT_A_TIME = 8;

/** Opens many streams, which are there together in the end. */
export async function performCrowd(
  step: StepOf<"crowd">,
  run: CaseRun,
  { crowds }: CaseState,
): Promise<void> {
  const connection = step.shared === true ? run.connection : ownConnection(run);
  const method = run.method(step.crowd);
  const request = streamRequest(step, run);
  const calls: ReturnType<typeof connection.download>[] = [];
  const open = async () => {
    const call = connection.download(method, run.encode(method, step.request), request);
    call.on("error", () => undefined);
    if (step.reads !== false) call.resume();
    calls.push(call);
    await once(call, "metadata", { signal: AbortSignal.timeout(BEGINS_WITHIN_MS) });
  };
  crowds.set(step.name, () => {
    for (const call of calls) call.cancel();
    if (step.shared !== true) connection[Symbol.dispose]();
  });
  const few = pLimit(AT_A_TIME);
  await Promise.all(Array.from({ length: Number(run.scope.fill(step.count)) }, () => few(open)));
}
