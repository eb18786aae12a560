import { type DescField, type DescMessage, fromJson, hasOption, type JsonValue } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import { field as fieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Contract } from "@theseus/kit/contract";
import type { Fields, Value } from "../../cases/value.js";
import { Scope } from "../../expectations/scope.js";
import { boundsOf, scalarCandidates, wordsOf } from "./candidates.js";
import { FieldBehavior, has, namePatterns, resourceTypeOf } from "./field-role.js";
import { Random } from "./random.js";

/** Where values come from that an answer has to give first: names of resources, etags, tokens. */
export interface Earlier {
  /** Variables for this field of a request; those of a resource's type where it names one. */
  variablesFor(field: DescField, resourceType: string | undefined): readonly string[];
}

interface Sorted {
  readonly kept: readonly Value[];
  readonly broken: readonly Value[];
}

const DEEPEST = 5;
const TRIES = 12;
/** So many values of a field of messages are tried, and those that keep its rules chosen from. */
const WHOLES = 300;

/** Makes messages of any type from its descriptor and its rules: such as keep them, and such as break some. */
export class MessageMaker {
  readonly #validator: Validator;
  readonly #registry: Contract["registry"];
  readonly #names: ReadonlyMap<string, string>;
  readonly #sorted = new Map<string, Sorted>();
  readonly #wholes = new Map<DescField, readonly Value[]>();
  #fresh = 0;

  constructor(
    { registry }: Contract,
    private random: Random,
  ) {
    this.#registry = registry;
    this.#validator = createValidator({ registry });
    const names = [...namePatterns(registry)];
    this.#names = new Map(names.map(([type, pattern]) => [type, pattern.replace(/\{[^}]+\}/g, `\${id:a}`)]));
  }

  /** A message that keeps its rules, where some tries find one; else one that breaks what chance wants. */
  make(message: DescMessage, earlier: Earlier, valid: boolean): Fields {
    for (let left = TRIES; ; left -= 1) {
      const made = this.#message(message, { earlier, valid, words: [], depth: 0 });
      if (!valid || left === 0 || this.#isValid(message, made)) return made;
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

  #isSet(field: DescField, { valid, depth }: Making): boolean {
    if (depth >= DEEPEST && field.message !== undefined) return false;
    if (has(field, FieldBehavior.REQUIRED)) return valid || !this.random.chance(0.08);
    return this.random.chance(has(field, FieldBehavior.OUTPUT_ONLY) ? 0.04 : 0.5);
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
    const lengths = [0, 1, 1, 1, 2, 3, ...(making.valid ? [] : boundsOf(field).map((n) => Number(n) + 1))];
    const length = Math.min(this.random.pick(lengths), 101);
    const { message } = field;
    return Array.from({ length }, () =>
      message === undefined ? this.#single(field, making) : this.#nested(field, message, making),
    ).filter((value) => value !== undefined);
  }

  /** The rules of a field of messages are about what is in them: values that keep them are found once, and chosen from. */
  #nested(field: DescField, message: DescMessage, making: Making): Value {
    const make = () =>
      wellKnown(message.typeName, this.random, boundsOf(field)) ?? this.#message(message, making);
    if (!making.valid || !hasOption(field, fieldRules) || field.fieldKind === "list" || isLinked(message))
      return make();
    const wholes = this.#wholes.get(field) ?? this.#findWholes(field, make);
    this.#wholes.set(field, wholes);
    return wholes.length > 0 ? this.random.pick(wholes) : make();
  }

  /** By chance of its own, so that a sequence does not depend on which others were made before it. */
  #findWholes(field: DescField, make: () => Value): readonly Value[] {
    const { random } = this;
    this.random = new Random(field.number);
    const made = Array.from({ length: WHOLES }, make);
    this.random = random;
    return made.filter((value) => this.#keeps(field, value));
  }

  #single(field: DescField, { earlier, valid, words }: Making): Value | undefined {
    const type = resourceTypeOf(field);
    const variables = earlier.variablesFor(field, type);
    if (variables.length > 0 && this.random.chance(0.8)) return `\${${this.random.pick(variables)}}`;
    if (field.enum !== undefined) return this.#enumValue(field.enum.values, valid);
    const { kept, broken } = this.#sortedFor(field, words);
    const from = !valid && this.random.chance(0.3) && broken.length > 0 ? broken : kept;
    if (from.length === 0) return undefined;
    return this.#fresher(this.random.pick(from));
  }

  #enumValue(values: readonly { readonly name: string }[], valid: boolean): Value {
    return !valid && this.random.chance(0.2) ? 12345 : this.random.pick(values).name;
  }

  /** Ids of requests are new as a rule: what comes again is a copy of an earlier call. */
  #fresher(value: Value): Value {
    if (value !== `\${uuid:a}` || this.random.chance(0.1)) return value;
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

  #sortedFor(field: DescField, words: readonly string[]): Sorted {
    const key = `${field.parent.typeName}.${field.name} ${words.join(" ")}`;
    const known = this.#sorted.get(key);
    if (known !== undefined) return known;
    const type = resourceTypeOf(field);
    const named = type === undefined ? undefined : this.#names.get(type);
    const names = named === undefined ? [...this.#names.values()] : [named, named.replace(":a}", ":b}")];
    const { scalar } = field;
    const all = scalar === undefined ? [] : scalarCandidates(field, scalar, [...words, ...names]);
    const keeps = (value: Value) => this.#keeps(field, field.fieldKind === "list" ? [value] : value);
    const kept = all.filter(keeps);
    const preferred = named === undefined ? kept : kept.filter((value) => names.includes(String(value)));
    const found = {
      kept: preferred.length > 0 ? preferred : kept,
      broken: all.filter((value) => !keeps(value)),
    };
    this.#sorted.set(key, found);
    return found;
  }

  /** True when a message with this field alone breaks no rule at this field. */
  #keeps(field: DescField, value: Value): boolean {
    const violations = this.#violations(field.parent, { [field.name]: value });
    return violations?.every((path) => !path.startsWith(field.name)) ?? false;
  }

  #isValid(message: DescMessage, made: Fields): boolean {
    return this.#violations(message, made)?.length === 0;
  }

  /** Paths of the fields that break rules; undefined when the value cannot be written. */
  #violations(message: DescMessage, made: Fields): readonly string[] | undefined {
    try {
      const filled = SAMPLE.fillAll(made) as JsonValue;
      const result = this.#validator.validate(
        message,
        fromJson(message, filled, { registry: this.#registry }),
      );
      if (result.kind === "valid") return [];
      return result.kind === "invalid"
        ? result.violations.map(({ field }) => pathToString(field))
        : undefined;
    } catch {
      return undefined;
    }
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

interface Making {
  readonly earlier: Earlier;
  readonly valid: boolean;
  /** Of the expressions of the fields around. */
  readonly words: readonly string[];
  readonly depth: number;
}

/** Variables with values of their form, to try rules on. */
const SAMPLE = {
  fillAll(value: Value): Value {
    const scope = new Scope();
    const text = JSON.stringify(value).replace(/\$\{(c\d+\.[^}]+)\}/g, "a");
    return scope.fill(JSON.parse(text) as Value);
  },
};

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
