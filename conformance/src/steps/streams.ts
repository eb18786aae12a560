import type { ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { type Answer, toFields, toRefusal } from "../answer.js";
import type { CancelStep, ConverseStep, EndsStep, ReceiveStep, StreamStep, Value } from "../case.js";
import { type CaseRun, StepFailure } from "../case-run.js";
import { mismatches, toMs } from "../expectation.js";

/** A server stream that a case opened: what came so far, and how it ended. */
export interface OpenStream {
  readonly call: ClientReadableStream<Buffer>;
  readonly messages: Value[];
  ended?: Answer;
  /** Wakes who waits for the next message or the end. */
  changed: () => void;
}

export type OpenStreams = Map<string, OpenStream>;

export function performStream(step: StreamStep, run: CaseRun, streams: OpenStreams): Promise<void> {
  const method = run.method(step.stream);
  const bytes = run.encode(method, step.request);
  // A watch lasts as long as its case.
  const request = { ...run.request(step), ...(step.deadline === undefined ? { deadlineMs: 120_000 } : {}) };
  const stream: OpenStream = {
    call: run.connection.download(method, bytes, request),
    messages: [],
    changed: () => {},
  };
  stream.call.on("data", (data: Buffer) => {
    if (stream.messages.length === 0) run.context.observe({ method, messages: [bytes], ok: true });
    stream.messages.push(toFields(run.context.contract, method, data));
    stream.changed();
  });
  stream.call.on("error", (error: ServiceError) => end({ refusal: toRefusal(error) }));
  stream.call.on("status", ({ code }) => {
    if (code === 0) end({ ok: {} });
  });
  streams.set(step.name, stream);
  return Promise.resolve();

  function end(answer: Answer): void {
    stream.ended ??= answer;
    const reason = "refusal" in answer ? answer.refusal.reason : undefined;
    if (reason !== undefined) run.context.observe({ method, messages: [bytes], ok: false, reason });
    else if ("ok" in answer) run.context.observe({ method, messages: [bytes], ok: true });
    stream.changed();
  }
}

export async function performReceive(step: ReceiveStep, run: CaseRun, streams: OpenStreams): Promise<void> {
  const stream = streamOf(streams, step.receive);
  const until = Date.now() + toMs(step.within ?? "10s");
  for (const expected of step.messages) {
    const skipped: Value[] = [];
    for (;;) {
      const message = await next(stream, until);
      const faults = message === undefined ? ["no message came"] : mismatches(expected, message, run.scope);
      if (faults.length === 0) break;
      if (message !== undefined && step.among === true) {
        skipped.push(message);
        continue;
      }
      throw new StepFailure(
        `receive ${step.receive}`,
        undefined,
        expected,
        message ?? { skipped, ended: stream.ended ?? null },
        faults,
      );
    }
  }
}

export function performCancel(step: CancelStep, streams: OpenStreams): Promise<void> {
  streamOf(streams, step.cancel).call.cancel();
  return Promise.resolve();
}

/** Waits for the end; messages that were not received before are let go. */
export async function performEnds(step: EndsStep, run: CaseRun, streams: OpenStreams): Promise<void> {
  const stream = streamOf(streams, step.ends);
  const until = Date.now() + toMs(step.within ?? "10s");
  while (stream.ended === undefined && Date.now() < until) await change(stream, until);
  const { ends: _, within: __, ...expected } = step;
  const wanted = expected.status === "OK" ? {} : expected;
  if (stream.ended === undefined)
    throw new StepFailure(`ends ${step.ends}`, undefined, wanted as Value, stream.messages, ["it goes on"]);
  run.check(`ends ${step.ends}`, undefined, wanted, stream.ended);
}

export async function performConverse(step: ConverseStep, run: CaseRun): Promise<void> {
  const method = run.method(step.converse);
  const call = run.connection.converse(method, run.request(step));
  const stream: OpenStream = { call: call as ClientReadableStream<Buffer>, messages: [], changed: () => {} };
  const sent: Buffer[] = [];
  call.on("data", (data: Buffer) => {
    stream.messages.push(toFields(run.context.contract, method, data));
    stream.changed();
  });
  call.on("error", (error: ServiceError) => {
    stream.ended ??= { refusal: toRefusal(error) };
    stream.changed();
  });
  call.on("status", ({ code }) => {
    if (code === 0) stream.ended ??= { ok: {} };
    stream.changed();
  });
  for (const { send, receive } of step.exchange) {
    const bytes = run.encode(method, send);
    sent.push(bytes);
    call.write(bytes);
    if (receive === undefined) continue;
    const message = await next(stream, Date.now() + 10_000);
    const faults = message === undefined ? ["no answer came"] : mismatches(receive, message, run.scope);
    if (faults.length > 0)
      throw new StepFailure(step.converse, run.scope.fill(send), receive, message ?? stream.ended, faults);
  }
  call.end();
  const until = Date.now() + 10_000;
  while (stream.ended === undefined && Date.now() < until) await change(stream, until);
  const ended = stream.ended ?? { ok: "it goes on" };
  run.note(method, sent, ended);
  run.check(
    step.converse,
    undefined,
    step.expect ?? {},
    stream.ended === undefined ? { ok: "it goes on" } : ended,
  );
}

function streamOf(streams: OpenStreams, name: string): OpenStream {
  const stream = streams.get(name);
  if (stream === undefined) throw new Error(`no stream is called "${name}"`);
  return stream;
}

async function next(stream: OpenStream, until: number): Promise<Value | undefined> {
  while (stream.messages.length === 0 && stream.ended === undefined && Date.now() < until)
    await change(stream, until);
  return stream.messages.shift();
}

function change(stream: OpenStream, until: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, until - Date.now()));
    stream.changed = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
