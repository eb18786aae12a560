import { Code, ErrorReason, reasonName } from "../contract/reason-rule.js";
import { toAnswer, toStatusObject } from "../errors/error-boundary.js";
import type { StatusError } from "../errors/status-error.js";
import type { Log } from "../process/log.js";
import { inStandby, type WriteGate } from "../standby/write-gate.js";
import { linkSignals } from "../streams/abortable.js";
import { parseTraceparent } from "../telemetry/span-place.js";
import type { Telemetry } from "../telemetry/telemetry.js";
import { assertAllowed } from "./access.js";
import type { BoundMethod } from "./bind.js";
import type { Call } from "./call.js";
import { createDeadline } from "./deadline.js";
import { trackEnd } from "./handler-end.js";
import { callerOf, type Identity, principalOf } from "./identity.js";
import { readAll, readOne, writeAll, writeOne } from "./shapes.js";
import { continueTrace, header, type Trace } from "./trace.js";
import type { WireCall } from "./wire-call.js";

/** What calls share with the server that answers them. */
export interface ServerContext {
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Whom callers and end users are compared with. */
  readonly identity: Identity | undefined;
  /** Aborted when the server begins to stop: response streams end at the next message. */
  readonly draining: AbortSignal;
  /** Aborted, with a StatusError, when the server has no more time to stop: calls end at once. */
  readonly cutOff: AbortSignal;
  /** Where calls of writing methods come in. */
  readonly gate: Pick<WriteGate, "enter">;
}

/**
 * Answers one call: admission, identity, access, deadline, request, handler, response, and one status at the end whatever
 * happens. Never rejects. Resolves when the call is answered, which may be before its handler has returned.
 */
export async function answer(method: BoundMethod, wire: WireCall, server: ServerContext): Promise<void> {
  const started = performance.now();
  const parent = parseTraceparent(header(wire.metadata, "traceparent"));
  const span = server.telemetry.answering(method.path, parent);
  const trace = continueTrace(wire.metadata, span);
  const log = server.log.child({
    request_id: trace.requestId,
    trace_id: trace.traceId,
    ...(server.telemetry.isOn && { span_id: trace.spanId }),
  });
  const caller = callerOf(wire.metadata, server.identity);
  const pass = method.writes ? server.gate.enter() : undefined;
  const cutOffs = method.requestStream && pass ? [server.cutOff, pass.cutOff] : [server.cutOff];
  const deadline = createDeadline(wire, method.policy.timeoutMs, ...cutOffs);
  const handled = trackEnd();
  const failure = await perform().then(
    () => undefined,
    (thrown: unknown) => toAnswer(thrown, method.policy),
  );
  deadline.settle(failure);
  wire.finish(failure && toStatusObject(failure));
  void handled.ended().then(() => pass?.leave());
  const end = { code: Code[failure?.code ?? Code.OK], reason: failure && reasonName(failure.reason) };
  span.end({ ...end, requestId: trace.requestId });
  report(log, { method: method.path, caller, ...end }, failure, performance.now() - started);

  async function perform(): Promise<void> {
    if (method.writes && pass === undefined) throw inStandby();
    const principal = principalOf(wire.metadata, server.identity);
    assertAllowed(method.policy.allow, caller, principal);
    const call = toCall(method.path, wire, trace, { deadline, log, caller, principal });
    const input = method.requestStream
      ? readAll(method.request, wire, call.signal)
      : await readOne(method.request, wire, call.signal);
    const output = handled.track(method.handle(input, call));
    if (!method.responseStream) return writeOne(output, method, wire, call.signal);
    using draining = linkSignals(server.draining, ...(pass ? [pass.draining] : []));
    await writeAll(output, method, wire, call.signal, draining.signal);
  }
}

interface Known extends Pick<Call, "log"> {
  readonly deadline: { readonly at: Date; readonly signal: AbortSignal };
  readonly caller: Call["caller"] | undefined;
  readonly principal: Call["principal"] | undefined;
}

function toCall(method: string, wire: WireCall, trace: Trace, known: Known): Call {
  return {
    method,
    metadata: wire.metadata,
    signal: known.deadline.signal,
    deadline: known.deadline.at,
    requestId: trace.requestId,
    ...(known.caller !== undefined && { caller: known.caller }),
    ...(known.principal !== undefined && { principal: known.principal }),
    log: known.log,
    outgoing: trace.outgoing,
  };
}

interface Answered {
  readonly method: string;
  readonly caller: string | undefined;
  readonly code: string;
  readonly reason: string | undefined;
}

/** Logs one line for each call, and one more with the cause when this service or something that it calls failed. */
function report(log: Log, answered: Answered, failure: StatusError | undefined, ms: number) {
  const { method, code, reason, caller } = answered;
  if (failure?.reason === ErrorReason.INTERNAL) {
    log.error({ event: "fault", method, err: failure.cause }, "the call failed by a fault of this service");
  }
  if (failure?.code === Code.UNAVAILABLE && failure.cause !== undefined) {
    log.warn({ event: "unavailable", method, err: failure.cause }, failure.message);
  }
  log.info({
    event: "call",
    method,
    code,
    reason,
    ms: Math.round(ms * 1000) / 1000,
    caller,
  });
}
