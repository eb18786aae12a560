import { type DescField, type DescMessage, hasOption, ScalarType } from "@bufbuild/protobuf";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Fields, Value } from "../../cases/value.js";
import { Scope } from "../../expectations/scope.js";
import { boundsOf, wordsOf } from "./candidates.js";
import { FieldBehavior, has, resourceTypeOf } from "./field-role.js";
import type { FieldValues } from "./field-values.js";
import { Random } from "./random.js";
import { PLAIN, type Theme } from "./theme.js";

/** Where values come from that an answer has to give first: names of resources, etags, tokens. */
export interface Earlier {
  /** Where variables have values, by which rules are looked at. */
  readonly scope: Scope;
  /** Variables for this field of a request; those of a resource's type where it names one. */
  variablesFor(field: DescField, resourceType: string | undefined): readonly string[];
  /** Texts that mean something around the service. */
  textsFor(field: DescField): readonly string[];
  /** True for a field that takes what answers give, and nothing else that would mean something. */
  isToken(field: DescField): boolean;
  /** What was sent in fields of this kind before. */
  sentFor(field: DescField): readonly Value[];
}

const NOTHING: Earlier = {
  scope: new Scope(),
  isToken: () => false,
  variablesFor: () => [],
  textsFor: () => [],
  sentFor: () => [],
};

const DEEPEST = 5;
const TRIES = 12;
/** So many values of a field of messages are tried, and those that keep its rules chosen from. */
const WHOLES = 300;

/** Makes messages of any type from its descriptor and its rules: such as keep them, and such as break some. */
export class MessageMaker {
  #fresh = 0;
  #theme = PLAIN;
  /** The values that a sequence with few has chosen, by field. */
  readonly #chosen = new Map<unknown, readonly Value[]>();

  constructor(
    readonly values: FieldValues,
    readonly random: Random,
  ) {}

  /** A message that keeps its rules, where some tries find one; else one that breaks what chance wants. */
  make(message: DescMessage, earlier: Earlier, valid: boolean): Fields {
    for (let left = TRIES; ; left -= 1) {
      const made = this.#message(message, { earlier, valid, words: [], depth: 0 });
      if (!valid || left === 0 || this.values.isValid(message, made, earlier.scope)) return made;
    }
  }

  /** Another value for one field; undefined for none. */
  makeField(field: DescField, earlier: Earlier): Value | undefined {
    return this.#field(field, { earlier, valid: this.random.chance(0.7), words: [], depth: 0 });
  }

  #message(message: DescMessage, making: Making): Fields {
    const special = wellKnown(message.typeName, this.random);
    if (special !== undefined) return special as Fields;
    const made: Record<string, Value> = {};
    for (const member of message.members) {
      const field = member.kind === "oneof" ? this.random.pick(member.fields) : member;
      if (!this.#isSet(field, making)) continue;
      const value = this.#field(field, making);
      if (value !== undefined) made[field.name] = value;
    }
    return made;
  }

  #isSet(field: DescField, { earlier, valid, depth }: Making): boolean {
    if (earlier.isToken(field)) return this.random.chance(0.1);
    if (depth >= DEEPEST && field.message !== undefined) return false;
    if (has(field, FieldBehavior.REQUIRED)) return valid || !this.random.chance(0.08);
    return this.random.chance(has(field, FieldBehavior.OUTPUT_ONLY) ? this.#theme.outputs : 0.5);
  }

  #field(field: DescField, making: Making): Value | undefined {
    const within = { ...making, words: [...making.words, ...wordsOf(field)], depth: making.depth + 1 };
    switch (field.fieldKind) {
      case "list":
        return this.#list(field, within);
      case "map":
        return {};
      case "message":
        return field.message.typeName === "google.protobuf.FieldMask"
          ? this.#mask(field)
          : this.#nested(field, field.message, within);
      default:
        return this.#single(field, within);
    }
  }

  #list(field: DescField & { fieldKind: "list" }, making: Making): Value {
    const tooMany = making.valid ? [] : boundsOf(field).map((n) => Number(n) + 1);
    const length = Math.min(this.random.pick([...this.#theme.lengths, ...tooMany]), 101);
    const { message } = field;
    const named = new Set<string>();
    const within = { ...making, named };
    const made: Value[] = [];
    for (let left = length; left > 0; left -= 1) {
      const before = named.size;
      const value =
        message === undefined ? this.#single(field, within) : this.#nested(field, message, within);
      // Where there are no more resources there are no more entries, as a rule.
      const isAgain = before > 0 && named.size === before && this.random.chance(0.85);
      if (value !== undefined && !isAgain) made.push(value);
    }
    return made;
  }

  /** The rules of a field of messages are about what is in them: values that keep them are found once, and chosen from. */
  #nested(field: DescField, message: DescMessage, making: Making): Value {
    const make = () =>
      wellKnown(message.typeName, this.random, boundsOf(field)) ?? this.#message(message, making);
    if (!making.valid || !hasOption(field, fieldRules) || field.fieldKind === "list" || isLinked(message))
      return make();
    const wholes = this.values.wholesOf(field, () => this.#findWholes(field, message, making));
    return wholes.length > 0 ? this.random.pick(this.#few(field, wholes)) : make();
  }

  /** Those that this sequence uses: where they are few, the same come again. */
  #few(field: DescField, all: readonly Value[]): readonly Value[] {
    const { values } = this.#theme;
    if (values === undefined || this.random.chance(0.1)) return all;
    const chosen = this.#chosen.get(field) ?? Array.from({ length: values }, () => this.random.pick(all));
    this.#chosen.set(field, chosen);
    return chosen;
  }

  /** By a maker of its own, so that a sequence does not depend on which others were made before it. */
  #findWholes(field: DescField, message: DescMessage, { words, depth }: Making): readonly Value[] {
    const maker = new MessageMaker(this.values, new Random(field.number));
    const making = { earlier: NOTHING, valid: true, words, depth };
    const made = Array.from(
      { length: WHOLES },
      () => wellKnown(message.typeName, maker.random, boundsOf(field)) ?? maker.#message(message, making),
    );
    return made.filter((value) => this.values.keeps(field, value));
  }

  #single(field: DescField, making: Making): Value | undefined {
    const { earlier, valid, words } = making;
    const type = resourceTypeOf(field);
    const variables = earlier.variablesFor(field, type);
    if (variables.length > 0 && this.random.chance(0.9)) return this.#variable(field, variables, making);
    const texts = earlier.textsFor(field);
    if (texts.length > 0 && this.random.chance(0.85)) return this.random.pick(texts);
    const sent = earlier.sentFor(field);
    if (sent.length > 0 && this.random.chance(field.scalar === ScalarType.STRING ? 0.5 : 0.2))
      return this.random.pick(sent);
    if (field.enum !== undefined) return this.#enumValue(field.enum.values, valid);
    const { kept, broken } = this.values.sortedFor(field, words);
    const from = !valid && this.random.chance(0.3) && broken.length > 0 ? broken : kept;
    if (from.length === 0) return undefined;
    if (from === broken || !isWholeNumber(field)) return this.#fresher(this.random.pick(from));
    if (this.#theme.isLarge && this.random.chance(0.7)) return this.random.pick(largest(from));
    return this.random.pick(this.#few(field, from));
  }

  /** Entries of a list name different resources as a rule; a token is now and then one that only looks like it. */
  #variable(field: DescField, variables: readonly string[], { named }: Making): Value {
    const others = variables.filter((variable) => named?.has(variable) !== true);
    const variable = this.random.pick(others.length > 0 && this.random.chance(0.85) ? others : variables);
    named?.add(variable);
    if (resourceTypeOf(field) !== undefined || !this.random.chance(0.12)) return `\${${variable}}`;
    return this.random.pick([
      `0\${${variable}}`,
      ` \${${variable}}`,
      `\${${variable}}0`,
      `\${${variable}}A`,
      `\${${variable}}=`,
    ]);
  }

  #enumValue(values: readonly { readonly name: string }[], valid: boolean): Value {
    return !valid && this.random.chance(0.2) ? 12345 : this.random.pick(values).name;
  }

  /** Ids of requests are new as a rule: what comes again is a copy of an earlier call. */
  #fresher(value: Value): Value {
    return value !== `\${uuid:a}` || this.random.chance(0.1) ? value : this.freshId();
  }

  /** Begins a sequence, whose ids do not depend on those before it. */
  begin(theme: Theme): void {
    this.#fresh = 0;
    this.#theme = theme;
    this.#chosen.clear();
  }

  /** A variable for the id of a request that no other has. */
  freshId(): string {
    this.#fresh += 1;
    return `\${uuid:r${this.#fresh}}`;
  }

  #mask(field: DescField): Value {
    const siblings = field.parent.fields.flatMap((each) => each.message?.fields ?? []);
    const known = siblings.map(({ jsonName }) => jsonName);
    const nested = siblings.flatMap(
      (each) => each.message?.fields.map((inner) => `${each.jsonName}.${inner.jsonName}`) ?? [],
    );
    const all = [...known, ...known, ...nested.slice(0, 4), "nothing", "*", ""];
    return Array.from({ length: this.random.pick([0, 1, 1, 1, 2, 3]) }, () => this.random.pick(all)).join(
      ",",
    );
  }
}

/** True for a message that takes something from earlier answers, which is new in each sequence. */
function isLinked(message: DescMessage, depth = 0): boolean {
  return message.fields.some(
    (field) =>
      resourceTypeOf(field) !== undefined ||
      (depth < DEEPEST &&
        field.fieldKind !== "map" &&
        field.message !== undefined &&
        isLinked(field.message, depth + 1)),
  );
}

/** So many of the largest numbers. */
const LARGEST = 3;

function largest(numbers: readonly Value[]): readonly Value[] {
  const sorted = [...new Set(numbers.map((each) => BigInt(String(each))))].sort((a, b) => (a < b ? 1 : -1));
  return sorted.slice(0, LARGEST).map(String);
}

const WHOLE_NUMBERS: ReadonlySet<ScalarType | undefined> = new Set([
  ...[ScalarType.INT32, ScalarType.SINT32, ScalarType.SFIXED32, ScalarType.UINT32, ScalarType.FIXED32],
  ...[ScalarType.INT64, ScalarType.SINT64, ScalarType.SFIXED64, ScalarType.UINT64, ScalarType.FIXED64],
]);

function isWholeNumber({ scalar }: DescField): boolean {
  return WHOLE_NUMBERS.has(scalar);
}

interface Making {
  readonly earlier: Earlier;
  /** Variables that entries of the list around have taken. */
  readonly named?: Set<string>;
  readonly valid: boolean;
  /** Of the expressions of the fields around. */
  readonly words: readonly string[];
  readonly depth: number;
}

/** Messages whose JSON is a text of its own. */
function wellKnown(typeName: string, random: Random, bounds: readonly bigint[] = []): Value | undefined {
  switch (typeName) {
    case "google.protobuf.Timestamp":
      return random.pick([
        "1970-01-01T00:00:00Z",
        "2030-01-01T00:00:00.001Z",
        "2020-02-29T23:59:59.999999999Z",
      ]);
    case "google.protobuf.Duration": {
      const near = bounds.flatMap((seconds) => [
        `${seconds}s`,
        `${seconds}.000000001s`,
        `${seconds - 1n}.9996s`,
      ]);
      return random.pick(["0s", "600s", "900.5s", "-1s", ...near]);
    }
    case "google.protobuf.Empty":
    case "google.protobuf.Any":
    case "google.protobuf.Struct":
      return {};
    case "google.protobuf.Value":
      return null;
    default:
      return undefined;
  }
}
