import { type DescMessage, type DescMethod, ScalarType } from "@bufbuild/protobuf";
import { isClientStream } from "@theseus/kit/contract";
import type { WorldStep } from "../cases/steps.js";
import { type Fields, isFields, type Value } from "../cases/value.js";
import type { Scope } from "../expectations/scope.js";
import type { Scene } from "../run/scene.js";
import { endOf } from "./compare.js";
import { foundIn } from "./generate/earlier-answers.js";
import { isOpaque, resourceTypeOf } from "./generate/field-role.js";
import { namedBy, type PlannedCall, takenBy, variableOf } from "./generate/planned-call.js";
import { type Played, type PlayedCall, sequenceOf } from "./play.js";
import type { Answer } from "./underway.js";

export interface CaseHead {
  /** `orders/found/7-12` */
  readonly name: string;
  readonly labels: readonly [string, string];
  /** Of the first side, whose answers are what the case expects. */
  readonly scope: Scope;
  readonly scene: Scene;
}

/** A sequence as a case in YAML. It expects what the first side has answered: who is right is for people to say. */
export function toCaseText(showing: Played, { name, labels, scope, scene }: CaseHead): string {
  const { peers, calls } = showing;
  const last = calls.at(-1) as PlayedCall;
  const writing = new Writing(showing, scope);
  const { path, a, b } = last.difference ?? { path: "", a: "", b: "" };
  const steps = [...stepsBefore(showing, scene), ...calls.flatMap((played) => writing.steps(played))];
  const lines = [
    `- case: ${name}`,
    `  says: ${last.call.method.name} answers as the contract says.`,
    `  # They differ in ${path}. ${labels[0]}: ${oneLine(a)}; ${labels[1]}: ${oneLine(b)}`,
    ...(Object.keys(peers).length === 0 ? [] : [`  peers: ${flow(peers)}`]),
    "  steps:",
    ...steps.flatMap((step) =>
      Object.entries(step).map(([key, value], n) => `${n === 0 ? "    - " : "      "}${key}: ${flow(value)}`),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** What the world does before the first call, as far as calls name it. */
function stepsBefore({ calls }: Played, { before, names }: Scene): readonly Fields[] {
  const used = new Set(calls.flatMap(({ call }) => namedBy(call)));
  const unused = Object.values(names)
    .flat()
    .filter((name) => !used.has(name));
  return before
    .filter((step) => !Object.values(step).some((value) => unused.includes(String(value))))
    .map(withoutVerb);
}

function withoutVerb({ verb: _, ...step }: WorldStep): Fields {
  return step;
}

/** A text of so few characters may be there for other reasons than because a variable has it. */
const LEAST = 8;

class Writing {
  readonly #taken: ReadonlySet<string>;
  /** What variables became in the play, longest first. */
  readonly #filled: readonly (readonly [string, string])[];

  /** Streams that have been opened. */
  readonly #opened = new Set<number>();
  readonly #begun: number[] = [];
  readonly #last: ReadonlyMap<number, number>;

  constructor(showing: Played, scope: Scope) {
    const { calls } = sequenceOf(showing);
    this.#last = new Map(calls.map(({ id, together = 0 }) => [together, id]));
    this.#taken = new Set(calls.flatMap(takenBy));
    const made = new Set(calls.flatMap(namedBy).filter((each) => !each.startsWith("long:")));
    const users = calls.flatMap(({ as }) => (/^(user|admin|developer) ([^$]+)$/.exec(as)?.[2] ?? "") || []);
    for (const user of users) made.add(`user:${user}`);
    this.#filled = [...made]
      .map((variable) => [String(scope.fill(`\${${variable}}`)), `\${${variable}}`] as const)
      .filter(([value]) => value.length > LEAST)
      .sort(([a], [b]) => b.length - a.length);
  }

  steps(played: PlayedCall): readonly Fields[] {
    const { after } = played.call;
    const steps = played.call.together === undefined ? this.#alone(played) : this.#beside(played.call);
    return after === undefined ? steps : [withoutVerb(after), ...steps];
  }

  /** Calls at once are all begun before the first is answered, with whatever their order makes of it. */
  #beside(call: PlannedCall): readonly Fields[] {
    const { id, method, as, requests, together = 0 } = call;
    const begun = { begin: method.name, name: `t${id}`, as, request: requests[0] ?? {} };
    this.#begun.push(id);
    if (this.#last.get(together) !== id) return [begun];
    return [begun, ...this.#begun.splice(0).map((each) => ({ answer: `t${each}` }))];
  }

  #alone({ call, a, difference }: PlayedCall): readonly Fields[] {
    const { method, as, metadata } = call;
    const how = { as, ...(Object.keys(metadata).length > 0 && { metadata: metadata as Fields }) };
    const end = this.#end(a);
    if (method.methodKind === "unary") {
      const bytes = call.bytes === "" ? {} : { bytes: call.bytes };
      const verb = call.bytes === "" ? { call: method.name } : { raw: method.name };
      return [
        {
          ...verb,
          ...how,
          request: call.requests[0] ?? {},
          ...bytes,
          expect: this.#expected(call, a, difference?.path),
        },
      ];
    }
    if (method.methodKind === "client_streaming")
      return [
        {
          call: method.name,
          ...how,
          requests: call.requests,
          expect: this.#expected(call, a, difference?.path),
        },
      ];
    const stream = `s${call.id}`;
    const opening = isClientStream(method)
      ? [
          { open: method.name, name: stream, ...how },
          { send: stream, messages: call.requests },
          { close: stream },
        ]
      : [{ stream: method.name, name: stream, ...how, request: call.requests[0] ?? {} }];
    const messages = a.messages.map((message, n) =>
      this.#message(method, message, `${n === 0 ? "" : `m${n}.`}`, call.id),
    );
    const isOpen = this.#opened.has(call.id);
    this.#opened.add(call.id);
    if (call.staysOpen === true && a.goesOn === true && !isOpen && messages.length === 0) return opening;
    const receiving = messages.length === 0 ? [] : [{ receive: stream, messages }];
    const ending = a.goesOn === true ? { cancel: stream } : { ends: stream, all_received: true, ...end };
    return [...(isOpen ? [] : opening), ...receiving, ending];
  }

  #expected({ id, method }: PlannedCall, answer: Answer, differing: string | undefined): Fields {
    if (answer.refusal !== undefined) return this.#end(answer);
    const [message = {}] = answer.messages;
    const whole = this.#message(method, message, "", id) as Fields;
    if (differing !== undefined && !differing.startsWith("ok.")) return { ok: {} };
    const [, field = ""] = /^ok\.([^.[]+)/.exec(differing ?? "") ?? [];
    if (differing !== undefined) return { ok: field in whole ? { [field]: whole[field] as Value } : {} };
    return { ok: onlyBound(whole) ?? {} };
  }

  #end(answer: Answer): Fields {
    const { refusal } = answer;
    if (refusal === undefined) return { status: endOf(answer) };
    const { status, reason, metadata, violations } = refusal;
    return {
      status,
      ...(reason !== undefined && { reason }),
      ...(Object.keys(metadata).length > 0 && { metadata: this.#unfilled(metadata) }),
      ...(violations.length > 0 && { violations: violations.map(({ field, rule }) => ({ field, rule })) }),
    };
  }

  /** As it was answered, without what differs from run to run. */
  #message(method: DescMethod, message: Value, above: string, id: number): Value {
    const bound = new Map<string, string>();
    for (const { path } of foundIn(method.output, message, above)) {
      const variable = variableOf(id, path);
      if (this.#taken.has(variable)) bound.set(path, variable);
    }
    return this.#described(method.output, message, { above, bound });
  }

  #described(
    message: DescMessage,
    value: Value,
    place: { above: string; bound: ReadonlyMap<string, string> },
  ): Value {
    if (!isFields(value) || message.typeName.startsWith("google.protobuf.")) return this.#unfilled(value);
    const described: Record<string, Value> = {};
    for (const field of message.fields) {
      const inner = value[field.name];
      if (inner === undefined || field.message?.typeName === "google.protobuf.Timestamp") continue;
      const path = `${place.above}${field.name}`;
      const one = (entry: Value, at: string): Value | undefined => {
        const variable = place.bound.get(at);
        if (variable !== undefined) return { $bind: variable };
        if (field.fieldKind !== "map" && field.message !== undefined)
          return this.#described(field.message, entry, { ...place, above: `${at}.` });
        const text = this.#unfilled(entry);
        if (isOpaque(field)) return undefined;
        return resourceTypeOf(field) !== undefined &&
          field.scalar === ScalarType.STRING &&
          text === entry &&
          text !== ""
          ? undefined
          : text;
      };
      const written =
        Array.isArray(inner) && field.fieldKind === "list"
          ? inner.map((entry, n) => one(entry as Value, `${path}[${n}]`) ?? { $any: true })
          : one(inner, path);
      if (written !== undefined) described[field.name] = written;
    }
    return described;
  }

  #unfilled(value: Value): Value {
    if (Array.isArray(value)) return value.map((each) => this.#unfilled(each as Value));
    if (isFields(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#unfilled(inner)]));
    if (typeof value !== "string") return value;
    return this.#filled.reduce((text, [filled, variable]) => text.replaceAll(filled, variable), value);
  }
}

/** Nothing but what later calls need. */
function onlyBound(value: Value): Value | undefined {
  if (Array.isArray(value)) {
    const entries = value.map((entry) => onlyBound(entry as Value));
    return entries.some((entry) => entry !== undefined)
      ? entries.map((entry) => entry ?? { $any: true })
      : undefined;
  }
  if (!isFields(value)) return undefined;
  if ("$bind" in value) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const bound = onlyBound(inner);
    return bound === undefined ? [] : [[key, bound] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** YAML in one line; JSON but for plain keys. */
function flow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map((each) => flow(each as Value)).join(", ")}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${/^[a-z$_][\w-]*$/i.test(key) ? key : JSON.stringify(key)}: ${flow(inner)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

function oneLine(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
