import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { WorldStep } from "../../cases/steps.js";
import { isFields, type Value } from "../../cases/value.js";
import type { Scope } from "../../expectations/scope.js";
import { EMPTY_SCENE, type Scene } from "../../run/scene.js";
import { IDENTITY } from "../../targets/identity.js";
import { isHandedBackAs, isOpaque, resourceTypeOf } from "./field-role.js";
import type { Earlier } from "./message-maker.js";
import { type PlannedCall, variableOf } from "./planned-call.js";
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
}

interface Sent {
  readonly field: DescField;
  readonly value: Value;
}

/** So many of the newest fitting ones are chosen from: what happened to one resource lately is what matters. */
const NEWEST = 6;

/** A token that names who calls: three parts in base64url, the first of which is a JSON object. */
const ACCESS_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the calls of a sequence have sent and been given so far. */
export class EarlierAnswers implements Earlier {
  readonly #all: Remembered[] = [];
  readonly #sent: Sent[] = [];
  readonly #callers: string[] = [];
  readonly #types = new Set<string>();
  /** Of the call that is being made. */
  method: DescMethod | undefined;

  readonly #good = new Set<number>();

  constructor(
    readonly scope: Scope,
    readonly scene: Scene = EMPTY_SCENE,
  ) {}

  /** Keeps that a call was not refused. */
  addGood(id: number): void {
    this.#good.add(id);
  }

  isGood({ id }: PlannedCall): boolean {
    return this.#good.has(id);
  }

  /** Those whom answers have named, as they would call. */
  get callers(): readonly string[] {
    return this.#callers.slice(-NEWEST);
  }

  add(id: number, method: DescMethod, found: Iterable<Found>): void {
    for (const { field, path, value } of found) {
      const variable = variableOf(id, path);
      this.#all.push({ method, field, variable });
      const type = resourceTypeOf(field);
      if (type !== undefined) this.#types.add(type);
      if (ACCESS_TOKEN.test(value)) this.#callers.push(`bearer \${${variable}}`);
      if (value.startsWith(IDENTITY.TOKEN_SUBJECT_PREFIX)) this.#callers.push(`user \${${variable}}`);
    }
  }

  /** Keeps what a call sends. */
  remember({ method, requests }: PlannedCall): void {
    for (const request of requests) this.#sent.push(...sentIn(method.input, request));
  }

  variablesFor(field: DescField, resourceType: string | undefined): readonly string[] {
    const fitting = this.#all.filter((each) =>
      resourceType === undefined
        ? this.#isHandedBack(each, field)
        : resourceTypeOf(each.field) === resourceType,
    );
    const inTheWorld = resourceType === undefined ? [] : (this.scene.names[resourceType] ?? []);
    return [...inTheWorld, ...fitting.slice(-NEWEST).map(({ variable }) => variable)];
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
