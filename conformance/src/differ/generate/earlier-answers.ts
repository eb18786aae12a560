import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import type { WorldStep } from "../../cases/steps.js";
import { type Fields, isFields, type Value } from "../../cases/value.js";
import type { Refusal } from "../../contract/answer.js";
import type { Scope } from "../../expectations/scope.js";
import { EMPTY_SCENE, type Scene } from "../../run/scene.js";
import { IDENTITY } from "../../targets/identity.js";
import { takesUsers } from "./callers.js";
import { isHandedBackAs, isOpaque, resourceTypeOf } from "./field-role.js";
import type { Earlier } from "./message-maker.js";
import { namedBy, type PlannedCall, variableOf, variablesIn } from "./planned-call.js";
import type { Random } from "./random.js";

/** A text of an answer that a later request can take. */
export interface Found {
  readonly field: DescField;
  /** `items[0].name` */
  readonly path: string;
  readonly value: string;
}

/** The names, etags and tokens of a message, as its JSON has them. */
export function* foundIn(message: DescMessage, value: Value, above = ""): Iterable<Found> {
  if (!isFields(value)) return;
  for (const field of message.fields) {
    const at = `${above}${field.name}`;
    for (const [path, entry] of entriesOf(value[field.name] ?? null, at)) {
      if (field.message !== undefined) yield* foundIn(field.message, entry, `${path}.`);
      else if (isTaken(field) && typeof entry === "string" && entry !== "")
        yield { field, path, value: entry };
    }
  }
}

function entriesOf(value: Value, path: string): readonly (readonly [string, Value])[] {
  return Array.isArray(value) ? value.map((entry, index) => [`${path}[${index}]`, entry]) : [[path, value]];
}

function isTaken(field: DescField): boolean {
  return isOpaque(field) || resourceTypeOf(field) !== undefined;
}

interface Remembered {
  readonly method: DescMethod;
  readonly field: DescField;
  readonly variable: string;
  readonly value: string;
}

interface Sent {
  readonly field: DescField;
  readonly value: Value;
}

const NOTHING: ReadonlySet<string> = new Set();

const OK = "OK";

const COUNTING: ReadonlySet<string> = new Set([
  OK,
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
]);

/** Statuses of calls that another state would let through. */
const OF_STATE: ReadonlySet<string> = new Set(["FAILED_PRECONDITION"]);

/** So many of the newest fitting ones are chosen from: what happened to one resource lately is what matters. */
const NEWEST = 6;

/** A token that names who calls: three parts in base64url, the first of which is a JSON object. */
const ACCESS_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the calls of a sequence have sent and been given so far. */
export class EarlierAnswers implements Earlier {
  readonly #all: Remembered[] = [];
  readonly #sent: Sent[] = [];
  readonly #callers: string[] = [];
  readonly #calls: PlannedCall[] = [];
  readonly #types = new Set<string>();
  /** Of the call that is being made. */
  method: DescMethod | undefined;

  /** How calls ended, by their ids. */
  readonly #ends = new Map<number, string>();
  #about: ReadonlySet<string> = NOTHING;
  /** Names with which something that writes went well. */
  readonly #proven = new Set<string>();

  constructor(
    readonly scope: Scope,
    readonly scene: Scene = EMPTY_SCENE,
  ) {}

  /** Keeps how a call ended. */
  addEnd(call: PlannedCall, refusal: Refusal | undefined): void {
    this.#ends.set(call.id, refusal?.status ?? OK);
    if (refusal === undefined) this.#addProven(call);
  }

  #addProven(call: PlannedCall): void {
    if (call.method.idempotency === Idempotency.NO_SIDE_EFFECTS) return;
    const named = new Set(namedBy(call));
    for (const { variable, value } of this.#all) if (named.has(variable)) this.#proven.add(value);
  }

  /** True for one that might go well if what it names were in another state. */
  isRefusedByState({ id }: PlannedCall): boolean {
    return OF_STATE.has(this.#ends.get(id) ?? OK);
  }

  /** What is made now names what the call names, where it can. */
  about<T>(call: PlannedCall, make: () => T): T {
    const named = new Set(namedBy(call));
    this.#about = new Set(this.#all.filter(({ variable }) => named.has(variable)).map(({ value }) => value));
    try {
      return make();
    } finally {
      this.#about = NOTHING;
    }
  }

  /** True for a call that names what an answer has given. */
  namesKnown(call: PlannedCall): boolean {
    const named = new Set(namedBy(call));
    return this.#all.some(
      ({ field, variable }) => named.has(variable) && resourceTypeOf(field) !== undefined,
    );
  }

  /** Who made the newest of the resources that requests name, where users make them. */
  makerOf(requests: readonly Fields[]): string | undefined {
    const ids = variablesIn(requests).flatMap((name) => Number(/^c(\d+)\./.exec(name)?.[1] ?? Number.NaN));
    const made = this.#calls.filter(({ id, method }) => ids.includes(id) && takesUsers(method));
    return made.at(-1)?.as;
  }

  isGood({ id }: PlannedCall): boolean {
    return this.#ends.get(id) === OK;
  }

  /** True for one that may count in a quota: it was let through, or refused for what its caller does not know. */
  mayCount({ id }: PlannedCall): boolean {
    return COUNTING.has(this.#ends.get(id) ?? "");
  }

  /** Those whom answers have named, as they would call. */
  get callers(): readonly string[] {
    return this.#callers.slice(-NEWEST);
  }

  add(id: number, method: DescMethod, found: Iterable<Found>): void {
    for (const { field, path, value } of found) {
      const variable = variableOf(id, path);
      this.#all.push({ method, field, variable, value });
      const type = resourceTypeOf(field);
      if (type !== undefined) this.#types.add(type);
      if (ACCESS_TOKEN.test(value)) this.#callers.push(`bearer \${${variable}}`);
      if (value.startsWith(IDENTITY.TOKEN_SUBJECT_PREFIX)) this.#callers.push(`user \${${variable}}`);
    }
  }

  /** Keeps what a call sends. */
  remember(call: PlannedCall): void {
    const { method, requests } = call;
    this.#calls.push(call);
    for (const request of requests) this.#sent.push(...sentIn(method.input, request));
  }

  /** Of each value the newest variable; those with which a call went well come twice. */
  variablesFor(field: DescField, resourceType: string | undefined): readonly string[] {
    const inTheWorld = resourceType === undefined ? [] : (this.scene.names[resourceType] ?? []);
    const newest = new Map<string, string>();
    for (const { value, variable } of this.#fitting(field, resourceType).toReversed())
      if (!newest.has(value)) newest.set(value, variable);
    const about = [...newest].filter(([value]) => this.#about.has(value));
    const few = about.length > 0 ? about : [...newest].slice(0, NEWEST);
    const proven = few.filter(([value]) => this.#proven.has(value));
    return [...inTheWorld, ...[...few, ...proven].map(([, variable]) => variable)];
  }

  /** Whether a variable is one for this field. */
  fits(variable: string, field: DescField, resourceType: string): boolean {
    return this.#fitting(field, resourceType).some((each) => each.variable === variable);
  }

  #fitting(field: DescField, resourceType: string | undefined): readonly Remembered[] {
    return this.#all.filter((each) =>
      resourceType === undefined
        ? this.#isHandedBack(each, field)
        : resourceTypeOf(each.field) === resourceType,
    );
  }

  /** True when there is a resource of this type. */
  has(type: string): boolean {
    return this.#types.has(type) || this.scene.names[type] !== undefined;
  }

  /** Fields of a call's request that take back what its answer gave, such as the token of the next page. */
  handedBack({ id, method }: PlannedCall): readonly { field: DescField; variable: string }[] {
    if (method.methodKind !== "unary" && method.methodKind !== "server_streaming") return [];
    const given = this.#all.filter(({ variable }) => variable.startsWith(`c${id}.`));
    return given.flatMap(({ field: answered, variable }) =>
      method.input.fields
        .filter((field) => isOpaque(answered) && isHandedBackAs(answered.name, field.name))
        .map((field) => ({ field, variable })),
    );
  }

  /** True for a field that takes what answers give, and nothing else that would mean something. */
  isToken(field: DescField): boolean {
    const { method } = this;
    if (method === undefined || field.parent !== method.input) return false;
    return method.output.fields.some((each) => isOpaque(each) && isHandedBackAs(each.name, field.name));
  }

  textsFor(field: DescField): readonly string[] {
    return this.scene.texts[`${field.parent.typeName}.${field.name}`] ?? [];
  }

  /** A password to sign in with is called as the one that was given before. */
  sentFor(field: DescField): readonly Value[] {
    const like = this.#sent.filter(
      ({ field: other }) => other.scalar === field.scalar && lastWord(other) === lastWord(field),
    );
    return like.slice(-NEWEST).map(({ value }) => value);
  }

  /** A step of the world whose variables are types of resources, with one of each; undefined where there is none. */
  filledIn(step: WorldStep, random: Random): WorldStep | undefined {
    let isWhole = true;
    const text = JSON.stringify(step).replace(/\$\{([^}:]+\/[^}]+)\}/g, (_, type: string) => {
      const fitting = this.#all.filter(({ field }) => resourceTypeOf(field) === type).slice(-NEWEST);
      if (fitting.length === 0) isWhole = false;
      return fitting.length === 0 ? "" : `\${${random.pick(fitting).variable}}`;
    });
    return isWhole ? (JSON.parse(text) as WorldStep) : undefined;
  }

  #isHandedBack({ method, field: answered }: Remembered, requested: DescField): boolean {
    if (!isOpaque(answered) || !isHandedBackAs(answered.name, requested.name)) return false;
    return method === this.method || answered.name === requested.name;
  }
}

function lastWord({ name }: DescField): string {
  return name.slice(name.lastIndexOf("_") + 1);
}

/** Texts and numbers of a request, but for names and what is new in each. */
function* sentIn(message: DescMessage, value: Value): Iterable<Sent> {
  if (!isFields(value)) return;
  for (const field of message.fields) {
    const inner = value[field.name];
    if (inner === undefined || field.fieldKind === "map") continue;
    for (const entry of Array.isArray(inner) ? inner : [inner]) {
      if (field.message !== undefined) yield* sentIn(field.message, entry as Value);
      else if (resourceTypeOf(field) === undefined && !/^\$\{(uuid:|c\d+\.)/.test(String(entry)))
        yield { field, value: entry as Value };
    }
  }
}
