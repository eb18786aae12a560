import type { DescMethod } from "@bufbuild/protobuf";
import { type Contract, methodPath } from "@theseus/kit/contract";
import type { CallOptions } from "../cases/call-steps.js";
import type { Case } from "../cases/case.js";
import type { Expectation } from "../cases/expectation.js";
import type { Fields, Value } from "../cases/value.js";
import { type Answer, toFields, toRefusal } from "../contract/answer.js";
import { answerFaults, refusalFaults, secretsOf } from "../contract/invariants.js";
import type { Observation } from "../coverage/observation.js";
import { mismatches, show, toMs } from "../expectations/expectation.js";
import type { Scope } from "../expectations/scope.js";
import { Connection, encode, type Request } from "../targets/connection.js";
import type { Target } from "../targets/target.js";
import { callMetadata } from "./principal.js";

/** A step found something else than the case expects. */
export class StepFailure extends Error {
  constructor(
    readonly step: string,
    readonly request: Value | undefined,
    readonly expected: Value,
    readonly got: unknown,
    readonly faults: readonly string[],
  ) {
    super(`${step}: ${faults.join("; ")}`);
  }
}

export interface CaseContext {
  readonly contract: Contract;
  /** Full name of the service under test. */
  readonly service: string;
  /** What is bound before the first step. */
  readonly variables: Fields;
  readonly target: Target;
  readonly scope: Scope;
  observe(observation: Observation): void;
}

/** One case under way: its variables, its connection, and how it calls. */
export class CaseRun implements Disposable {
  readonly scope: Scope;
  connection: Connection;
  /** To a second target on the same store, once there is one. */
  second: Connection | undefined;
  readonly #owned: Connection[] = [];

  constructor(
    readonly test: Case,
    readonly context: CaseContext,
  ) {
    this.scope = context.scope;
    this.scope.bind("service", context.service);
    for (const [name, value] of Object.entries(context.variables)) this.scope.bind(name, value);
    this.connection = new Connection(context.target.address);
  }

  /** Ends with the case. */
  own(connection: Connection): void {
    this.#owned.push(connection);
  }

  [Symbol.dispose](): void {
    for (const owned of this.#owned) owned[Symbol.dispose]();
    this.connection[Symbol.dispose]();
    this.second?.[Symbol.dispose]();
  }

  /** A method by its short name, of the service under test, or by its full one. */
  method(given: string): DescMethod {
    const name = this.scope.fill(given);
    const path = name.includes("/") ? `/${name}` : `/${this.context.service}/${name}`;
    const found = this.context.contract.methods.get(path);
    if (found === undefined) throw new Error(`the contract has no method ${path}`);
    return found;
  }

  request(options: CallOptions): Request {
    const metadata = callMetadata(options, this.scope);
    const { deadline = "20s" } = options;
    if (deadline === "none") return { metadata, deadlineMs: Number.POSITIVE_INFINITY };
    if (options.server_deadline === undefined) return { metadata, deadlineMs: toMs(deadline) };
    metadata.set("grpc-timeout", `${toMs(options.server_deadline)}m`);
    return { metadata, deadlineMs: Number.POSITIVE_INFINITY };
  }

  encode(method: DescMethod, value: Value): Buffer {
    try {
      return encode(this.context.contract, method, this.scope.fill(value));
    } catch (error) {
      throw new Error(
        `a request of ${method.name} in ${this.test.place} cannot be written: ${String(error)}`,
      );
    }
  }

  async call(name: string, options: CallOptions, request: Value, signal?: AbortSignal): Promise<Answer> {
    const method = this.method(name);
    return this.answer(method, [this.encode(method, request)], options, signal);
  }

  async upload(name: string, options: CallOptions, requests: Value, signal?: AbortSignal): Promise<Answer> {
    const method = this.method(name);
    return this.answer(method, this.encodeAll(method, requests), options, signal);
  }

  /** A list of requests, or a `$repeat` that makes one. */
  encodeAll(method: DescMethod, requests: Value): readonly Buffer[] {
    const filled = this.scope.fill(requests);
    if (!Array.isArray(filled)) throw new Error(`requests of ${method.name} must be a list`);
    return filled.map((request: Value) => this.encode(method, request));
  }

  /** Calls with request bytes, notes the answer for the coverage, and checks what holds for all answers. */
  async answer(
    method: DescMethod,
    messages: readonly Buffer[],
    options: CallOptions,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const request = { ...this.request(options), ...(signal && { signal }) };
    const [only = Buffer.alloc(0)] = messages;
    const result =
      method.methodKind === "client_streaming"
        ? await this.connection.upload(method, messages, request)
        : await this.connection.unary(methodPath(method), only, request);
    const answer: Answer = Buffer.isBuffer(result)
      ? { ok: this.read(method, result) }
      : { refusal: toRefusal(result) };
    this.note(method, messages, answer);
    if (Buffer.isBuffer(result)) this.assertInvariants(method, result);
    return answer;
  }

  /** A message that the service answers, as JSON; a message that cannot be read is a failure of the service. */
  read(method: DescMethod, bytes: Buffer): Value {
    try {
      return toFields(this.context.contract, method, bytes);
    } catch (error) {
      const expected = `a ${method.output.typeName}`;
      throw new StepFailure(method.name, undefined, expected, bytes.toString("hex"), [String(error)]);
    }
  }

  /** What holds for every message that the service answers. */
  assertInvariants(method: DescMethod, bytes: Uint8Array): void {
    const faults = answerFaults(method, bytes);
    if (faults.length > 0)
      throw new StepFailure(method.name, undefined, "what holds for every answer", bytes.toString(), faults);
  }

  note(method: DescMethod, messages: readonly Buffer[], answer: Answer): void {
    const reason = "refusal" in answer ? answer.refusal.reason : undefined;
    this.context.observe({
      method,
      messages,
      ok: "ok" in answer,
      ...(reason === undefined ? {} : { reason }),
    });
    if (!("refusal" in answer) || !method.parent.typeName.startsWith("theseus.")) return;
    // The network or this client's own deadline answers without a reason.
    if (answer.refusal.reason === undefined && LOCAL.has(answer.refusal.status)) return;
    const secrets = messages.flatMap((bytes) => readable(() => secretsOf(method.input, bytes)));
    const faults = refusalFaults(method, answer.refusal, secrets);
    if (faults.length > 0)
      throw new StepFailure(method.name, undefined, "what holds for every refusal", answer.refusal, faults);
  }

  /** Throws unless the answer is as expected. */
  check(step: string, request: Value | undefined, expected: Expectation, answer: Answer): void {
    const faults = this.faults(expected, answer);
    if (faults.length === 0) return;
    throw new StepFailure(step, request && this.scope.fill(request), expected as Value, answer, faults);
  }

  faults(expected: Expectation, answer: Answer): readonly string[] {
    if (expected.status === undefined) {
      if ("refusal" in answer)
        return [
          `refused with ${answer.refusal.status} / ${answer.refusal.reason ?? "no reason"}: ${answer.refusal.message}`,
        ];
      if (expected.save !== undefined) this.scope.save(expected.save, answer.ok);
      return mismatches(expected.ok ?? {}, answer.ok, this.scope);
    }
    if ("ok" in answer) return [`answered ${show(answer.ok)}, not ${expected.status}`];
    const { status, reason, message, metadata, violations, details } = answer.refusal;
    if (expected.save !== undefined) this.scope.save(expected.save, { status, message, details });
    if (expected.same !== undefined) {
      const before = show(this.scope.saved(expected.same));
      const now = show({ status, message, details });
      if (now !== before) return [`the refusal ${now} is not byte for byte ${before}`];
    }
    const wanted: Record<string, Value> = { status: expected.status };
    if (expected.reason !== undefined) wanted.reason = expected.reason;
    if (expected.message !== undefined) wanted.message = expected.message;
    if (expected.metadata !== undefined) wanted.metadata = expected.metadata;
    if (expected.violations !== undefined) wanted.violations = { $set: expected.violations };
    return mismatches(wanted, { status, reason, message, metadata, violations }, this.scope);
  }
}

const LOCAL = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"]);

function readable(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
