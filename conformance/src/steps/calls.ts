import { setTimeout as sleep } from "node:timers/promises";
import type { DescMethod } from "@bufbuild/protobuf";
import { policyOf } from "@theseus/kit/contract";
import type { StepOf } from "../cases/steps.js";
import type { Fields, Value } from "../cases/value.js";
import { type Answer, toRefusal } from "../contract/answer.js";
import { toMs } from "../expectations/expectation.js";
import { padding } from "../targets/connection.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import { patched } from "./patch.js";

/** Calls once, `within` a time until the answer is as expected, or `for` a time again and again. */
export function performCall(step: StepOf<"call">, run: CaseRun): Promise<void> {
  if (step.within !== undefined) return untilDone(step.within, () => callOnce(step, run));
  return step.for === undefined ? callOnce(step, run) : callFor(step.for, step, run);
}

async function callFor(time: string, step: StepOf<"call">, run: CaseRun): Promise<void> {
  const until = performance.now() + toMs(time);
  do {
    await callOnce(step, run);
    await sleep(50);
  } while (performance.now() < until);
}

async function callOnce(step: StepOf<"call">, run: CaseRun): Promise<void> {
  const signal = limit(step);
  const started = performance.now();
  const answer =
    step.requests === undefined
      ? await run.call(step.call, step, step.request ?? {}, signal)
      : await run.upload(step.call, step, step.requests, signal);
  const ms = performance.now() - started;
  if (signal?.aborted === true) throw late(step, answer);
  if (step.expect !== undefined) run.check(step.call, step.requests ?? step.request, step.expect, answer);
  if (ms >= toMs(step.at_least ?? "0ms")) return;
  const faults = [`it was answered after ${ms.toFixed(0)} ms`];
  throw new StepFailure(step.call, step.request, `no answer before ${step.at_least}`, answer, faults);
}

/** Aborted when the answer is late. */
function limit({ at_most: atMost }: { readonly at_most?: string | undefined }): AbortSignal | undefined {
  return atMost === undefined ? undefined : AbortSignal.timeout(toMs(atMost));
}

function late({ call, request, at_most: atMost }: StepOf<"call" | "together">, got: unknown): StepFailure {
  return new StepFailure(call, request, `an answer within ${atMost}`, got, ["it was not answered in time"]);
}

async function untilDone(within: string, perform: () => Promise<void>): Promise<void> {
  const until = Date.now() + toMs(within);
  for (;;) {
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof StepFailure) || Date.now() > until) throw error;
    }
    await sleep(50);
  }
}

/** Makes the same call many times at once: exactly so many succeed, the others are refused as the case says. */
export function performTogether(step: StepOf<"together">, run: CaseRun): Promise<void> {
  return untilDone(step.within ?? "0ms", () => callTogether(step, run));
}

async function callTogether(step: StepOf<"together">, run: CaseRun): Promise<void> {
  const requests = step.requests ?? [step.request ?? {}];
  const answers = await Promise.all(
    Array.from({ length: step.together }, async (_, n) => {
      const method = run.method(step.call);
      run.scope.bind("n", n);
      const request = run.encode(method, requests[n % requests.length] ?? {});
      const signal = limit(step);
      const answer = await run.answer(method, [request], step, signal);
      if (signal?.aborted === true) throw late(step, answer);
      return answer;
    }),
  );
  if (step.expect === undefined) return;
  const { exactly, ok, others } = step.expect;
  const won = answers.filter((answer) => run.faults({ ok }, answer).length === 0);
  const lost = answers.filter((answer) => !won.includes(answer));
  const wrong = lost.filter((answer) => others === undefined || run.faults(others, answer).length > 0);
  if (won.length === exactly && wrong.length === 0) return;
  const faults = [
    `${won.length} of ${step.together} succeeded, not ${exactly}; ${wrong.length} answered otherwise`,
  ];
  throw new StepFailure(
    `${step.call} × ${step.together}`,
    step.requests ? [...step.requests] : step.request,
    step.expect as unknown as Value,
    wrong.slice(0, 3),
    faults,
  );
}

/** The same call with one thing changed, a row each. All rows are tried; all that fail are named. */
export async function performTable(step: StepOf<"table">, run: CaseRun): Promise<void> {
  const faults: string[] = [];
  const got: unknown[] = [];
  for (const [index, row] of step.rows.entries()) {
    // Each row has a name of its own, so that rows do not find what others made.
    run.scope.bind("row", `r${index}`);
    const request = patched(step.request, (row.with ?? {}) as Fields, row.without ?? []);
    try {
      const answer = await run.call(step.table, step, request);
      const found = run.faults(row.expect, answer);
      if (found.length === 0) continue;
      faults.push(`row ${index} ${JSON.stringify(row.with ?? row.without)}: ${found.join("; ")}`);
      got.push(answer);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      faults.push(`row ${index}: ${error.faults.join("; ")}`);
      got.push(error.got);
    }
  }
  if (faults.length > 0)
    throw new StepFailure(step.table, step.request, step.rows as unknown as Value, got, faults);
}

export async function performRaw(step: StepOf<"raw">, run: CaseRun): Promise<void> {
  const name = run.scope.fill(step.raw);
  const { verb: _, expect, ...request } = step;
  const answer = name.startsWith("/") ? await callUnknown(name, step, run) : await callRaw(name, step, run);
  run.check(name, request as Value, expect, answer);
}

/** Calls a path that the contract does not have. */
async function callUnknown(path: string, step: StepOf<"raw">, run: CaseRun): Promise<Answer> {
  const result = await run.connection.unary(path, rawBytes(step), run.request(step));
  return Buffer.isBuffer(result) ? { ok: result.toString("hex") } : { refusal: toRefusal(result) };
}

function callRaw(name: string, step: StepOf<"raw">, run: CaseRun): Promise<Answer> {
  const method = run.method(name);
  const said = step.request === undefined ? Buffer.alloc(0) : run.encode(method, step.request);
  const bytes = Buffer.concat([said, rawBytes(step)]);
  const left = (sizeOf(method, step.size) ?? bytes.length) - bytes.length;
  return run.answer(method, [left > 0 ? Buffer.concat([bytes, padding(left)]) : bytes], step);
}

function rawBytes({ bytes = "" }: StepOf<"raw">): Buffer {
  return Buffer.from(bytes.replaceAll(" ", ""), "hex");
}

function sizeOf(method: DescMethod, size: StepOf<"raw">["size"]): number | undefined {
  if (size === undefined || typeof size === "number") return size;
  return policyOf(method).maxRequestBytes + (size === "limit+1" ? 1 : 0);
}
