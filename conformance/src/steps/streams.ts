import { once } from "node:events";
import type { DescMethod } from "@bufbuild/protobuf";
import type { ServiceError } from "@grpc/grpc-js";
import type { CallOptions } from "../cases/call-steps.js";
import type { Expectation } from "../cases/expectation.js";
import type { StepOf } from "../cases/steps.js";
import type { Value } from "../cases/value.js";
import { type Answer, toRefusal } from "../contract/answer.js";
import { mismatches, toMs } from "../expectations/expectation.js";
import { Connection, type Request } from "../targets/connection.js";
import { type CaseRun, StepFailure } from "./case-run.js";
import type { CaseState, OpenStream } from "./case-state.js";

/** A call that is not read is under way when its metadata has come. */
export const BEGINS_WITHIN_MS = 20_000;

export async function performStream(
  step: StepOf<"stream">,
  run: CaseRun,
  { streams }: CaseState,
): Promise<void> {
  const method = run.method(step.stream);
  const bytes = run.encode(method, step.request);
  const connection = step.reads === false ? ownConnection(run) : run.connection;
  const call = connection.download(method, bytes, streamRequest(step, run));
  streams.set(step.name, follow(call, method, run, [bytes]));
  if (step.reads !== false) return;
  call.pause();
  await once(call, "metadata", { signal: AbortSignal.timeout(BEGINS_WITHIN_MS) });
}

/** A connection of nobody else's, that ends with the case. What is not read fills its window. */
export function ownConnection(run: CaseRun): Connection {
  const connection = new Connection(run.context.target.address, { isAlone: true });
  run.own(connection);
  return connection;
}

export function performOpen(step: StepOf<"open">, run: CaseRun, { streams }: CaseState): Promise<void> {
  const method = run.method(step.open);
  const call = run.connection.converse(method, streamRequest(step, run));
  streams.set(step.name, follow(call, method, run, []));
  return Promise.resolve();
}

export function performSend(step: StepOf<"send">, run: CaseRun, { streams }: CaseState): Promise<void> {
  const { method, call, sent } = streamOf(streams, step.send);
  if (!("write" in call)) throw new Error(`${step.send} is not a stream to send on`);
  for (const bytes of run.encodeAll(method, step.messages)) {
    sent.push(bytes);
    call.write(bytes);
  }
  return Promise.resolve();
}

export function performClose(step: StepOf<"close">, _run: CaseRun, { streams }: CaseState): Promise<void> {
  const { call } = streamOf(streams, step.close);
  if ("end" in call) call.end();
  return Promise.resolve();
}

// Unless the case says otherwise a stream lasts as long as the case.
export function streamRequest(step: CallOptions, run: CaseRun): Request {
  const request = run.request(step);
  const isLimited = step.deadline !== undefined || step.server_deadline !== undefined;
  return isLimited ? request : { ...request, deadlineMs: 120_000 };
}

function follow(call: OpenStream["call"], method: DescMethod, run: CaseRun, sent: Buffer[]): OpenStream {
  const stream: OpenStream = { method, call, sent, messages: [], changed: () => {} };
  const end = (answer: Answer) => {
    stream.ended ??= answer;
    stream.changed();
  };
  call.on("data", (data: Buffer) => {
    // The coverage counts a stream with its first message: it need not end.
    run.note(method, sent, { ok: {} });
    try {
      stream.messages.push(run.read(method, data));
      run.assertInvariants(method, data);
    } catch (error) {
      stream.breach ??= error;
    }
    stream.changed();
  });
  call.on("error", (error: ServiceError) => end({ refusal: toRefusal(error) }));
  call.on("status", ({ code }) => {
    if (code === 0) end({ ok: {} });
  });
  return stream;
}

export async function performReceive(
  step: StepOf<"receive">,
  run: CaseRun,
  { streams }: CaseState,
): Promise<void> {
  const stream = streamOf(streams, step.receive);
  stream.call.resume();
  const until = Date.now() + toMs(step.within ?? "10s");
  for (const expected of toMessages(step, run)) {
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

function toMessages({ messages }: StepOf<"receive">, run: CaseRun): readonly Value[] {
  if (Array.isArray(messages)) return messages;
  return Array.from({ length: messages.$repeat }, (_, n) => {
    run.scope.bind("n", String(n));
    return run.scope.fill(messages.value);
  });
}

/** Waits for the end; messages that no step received are dropped, unless there must be none. */
export async function performEnds(step: StepOf<"ends">, run: CaseRun, { streams }: CaseState): Promise<void> {
  const { verb: _, ends, within, all_received: allReceived, ...expected } = step;
  const wanted = expected.status === "OK" ? {} : expected;
  const stream = streamOf(streams, ends);
  await assertEnd(ends, run, { stream, expected: wanted, within: within ?? "10s" });
  if (allReceived !== true || stream.messages.length === 0) return;
  throw new StepFailure(`ends ${ends}`, undefined, [], stream.messages, ["more messages came"]);
}

interface Ending {
  readonly stream: OpenStream;
  readonly expected: Expectation;
  readonly within: string;
}

async function assertEnd(step: string, run: CaseRun, { stream, expected, within }: Ending): Promise<void> {
  const until = Date.now() + toMs(within);
  while (stream.ended === undefined && Date.now() < until) await change(stream, until);
  const { ended, method, sent, messages, breach } = stream;
  if (breach !== undefined) throw breach;
  if (ended === undefined)
    throw new StepFailure(`ends ${step}`, undefined, expected as Value, messages, ["it goes on"]);
  run.note(method, sent, ended);
  run.check(`ends ${step}`, undefined, expected, ended);
}

/** Opens a bidirectional stream, sends message by message, each after the answer to the one before, and ends it. */
export async function performConverse(step: StepOf<"converse">, run: CaseRun): Promise<void> {
  const method = run.method(step.converse);
  const call = run.connection.converse(method, run.request(step));
  const stream = follow(call, method, run, []);
  for (const { send, receive } of step.exchange) {
    const bytes = run.encode(method, send);
    stream.sent.push(bytes);
    call.write(bytes);
    if (receive === undefined) continue;
    const message = await next(stream, Date.now() + 10_000);
    const faults = message === undefined ? ["no answer came"] : mismatches(receive, message, run.scope);
    if (faults.length > 0)
      throw new StepFailure(step.converse, run.scope.fill(send), receive, message ?? stream.ended, faults);
  }
  call.end();
  await assertEnd(step.converse, run, { stream, expected: step.expect ?? {}, within: "10s" });
}

function streamOf(streams: CaseState["streams"], name: string): OpenStream {
  const stream = streams.get(name);
  if (stream === undefined) throw new Error(`no stream is called "${name}"`);
  return stream;
}

async function next(stream: OpenStream, until: number): Promise<Value | undefined> {
  const isWaiting = () => stream.messages.length === 0 && stream.ended === undefined;
  while (isWaiting() && stream.breach === undefined && Date.now() < until) await change(stream, until);
  if (stream.breach !== undefined) throw stream.breach;
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
