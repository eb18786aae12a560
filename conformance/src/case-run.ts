import type { DescMethod } from "@bufbuild/protobuf";
import { type Answer, toFields, toRefusal } from "./answer.js";
import type { CallOptions, Case, Expectation, Value } from "./case.js";
import { Connection, encode } from "./connection.js";
import type { Contract } from "./contract.js";
import { mismatches, show } from "./expectation.js";
import { refusalFaults, secretsOf } from "./laws.js";
import type { Observation } from "./observation.js";
import { callMetadata } from "./principal.js";
import { Scope } from "./scope.js";
import type { Target } from "./target.js";

/** What a step could not find as the case says. */
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
  readonly target: Target;
  observe(observation: Observation): void;
}

/** One case under way: its variables, its connection, and how it calls. */
export class CaseRun implements Disposable {
  readonly scope = new Scope();
  connection: Connection;

  constructor(
    readonly test: Case,
    readonly context: CaseContext,
  ) {
    this.connection = new Connection(context.target.address);
  }

  [Symbol.dispose](): void {
    this.connection[Symbol.dispose]();
  }

  /** A method by its short name, of the service under test, or by its full one. */
  method(name: string): DescMethod {
    const path = name.includes("/") ? `/${name}` : `/${this.context.service}/${name}`;
    const found = this.context.contract.methods.get(path);
    if (found === undefined) throw new Error(`the contract has no method ${path}`);
    return found;
  }

  request(options: CallOptions) {
    const deadlineMs = options.deadline === undefined ? 20_000 : durationMs(options.deadline);
    return { metadata: callMetadata(options, this.scope), deadlineMs };
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

  async call(name: string, options: CallOptions, request: Value): Promise<Answer> {
    const method = this.method(name);
    return this.answer(method, [this.encode(method, request)], options);
  }

  async upload(name: string, options: CallOptions, requests: readonly Value[]): Promise<Answer> {
    const method = this.method(name);
    return this.answer(
      method,
      requests.map((request) => this.encode(method, request)),
      options,
    );
  }

  /** Calls with request bytes, observes the answer for the coverage, and holds it against what holds for all. */
  async answer(method: DescMethod, messages: readonly Buffer[], options: CallOptions): Promise<Answer> {
    const request = this.request(options);
    const [only = Buffer.alloc(0)] = messages;
    const result =
      method.methodKind === "client_streaming"
        ? await this.connection.upload(method, messages, request)
        : await this.connection.unary(method, only, request);
    const answer: Answer = Buffer.isBuffer(result)
      ? { ok: toFields(this.context.contract, method, result) }
      : { refusal: toRefusal(result) };
    this.note(method, messages, answer);
    return answer;
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
    // What the network or this client's own deadline says is not the service's.
    if (answer.refusal.reason === undefined && LOCAL.has(answer.refusal.status)) return;
    const secrets = messages.flatMap((bytes) => readable(() => secretsOf(method.input, bytes)));
    const faults = refusalFaults(method, answer.refusal, secrets);
    if (faults.length > 0)
      throw new StepFailure(method.name, undefined, "a lawful refusal", answer.refusal, faults);
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
    const { status, reason, message, metadata, violations } = answer.refusal;
    if (expected.save !== undefined)
      this.scope.save(expected.save, { status, message, metadata, reason: reason ?? null });
    const wanted: Record<string, Value> = { status: expected.status };
    if (expected.reason !== undefined) wanted.reason = expected.reason;
    if (expected.message !== undefined) wanted.message = expected.message;
    if (expected.metadata !== undefined) wanted.metadata = expected.metadata;
    if (expected.violations !== undefined) wanted.violations = { $set: expected.violations };
    return mismatches(wanted, { status, reason, message, metadata, violations }, this.scope);
  }
}

const LOCAL = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED"]);

function durationMs(text: string): number {
  const [, amount = "0", unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  return Number(amount) * (unit === "s" ? 1000 : 1);
}

function readable(read: () => readonly string[]): readonly string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
