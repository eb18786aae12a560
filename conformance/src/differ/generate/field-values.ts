import { type DescField, type DescMessage, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { pathToString } from "@bufbuild/protobuf/reflect";
import { createValidator, type Validator } from "@bufbuild/protovalidate";
import type { Contract } from "@theseus/kit/contract";
import type { Fields, Value } from "../../cases/value.js";
import { Scope } from "../../expectations/scope.js";
import { IDENTITY } from "../../targets/identity.js";
import { scalarCandidates } from "./candidates.js";
import { namePatterns, resourceTypeOf } from "./field-role.js";

export interface Sorted {
  readonly kept: readonly Value[];
  readonly broken: readonly Value[];
}

/** What a contract's fields can have by their rules: found out once, and the same for all sequences. */
export class FieldValues {
  readonly #validator: Validator;
  readonly #registry: Contract["registry"];
  readonly #names: ReadonlyMap<string, string>;
  /** Types of resources that call. */
  readonly #callers: ReadonlySet<string>;
  readonly #sorted = new Map<string, Sorted>();
  readonly #wholes = new Map<DescField, readonly Value[]>();

  constructor({ registry }: Contract) {
    this.#registry = registry;
    this.#validator = createValidator({ registry });
    const names = [...namePatterns(registry)];
    this.#names = new Map(names.map(([type, pattern]) => [type, pattern.replace(/\{[^}]+\}/g, `\${id:a}`)]));
    this.#callers = new Set(
      names.filter(([, pattern]) => pattern.startsWith(IDENTITY.TOKEN_SUBJECT_PREFIX)).map(([type]) => type),
    );
  }

  /** Values of a field of messages that keep its rules; `find` is asked the first time. */
  wholesOf(field: DescField, find: () => readonly Value[]): readonly Value[] {
    const wholes = this.#wholes.get(field) ?? find();
    this.#wholes.set(field, wholes);
    return wholes;
  }

  /** A name of a resource of this type; empty for a type that the contract does not have. */
  nameOf(type: string): string {
    return this.#names.get(type) ?? "";
  }

  /** How many rules a message breaks; undefined when it cannot be written. */
  rulesBroken(message: DescMessage, made: Fields): number | undefined {
    return this.#violations(message, made)?.length;
  }

  /** Values of a scalar field on both sides of its rules. */
  sortedFor(field: DescField, words: readonly string[]): Sorted {
    const key = `${field.parent.typeName}.${field.name} ${words.join(" ")}`;
    const known = this.#sorted.get(key);
    if (known !== undefined) return known;
    const type = resourceTypeOf(field);
    const named = type === undefined ? undefined : this.#names.get(type);
    const names = named === undefined ? [...this.#names.values()] : [named, named.replace(":a}", ":b}")];
    if (type !== undefined && this.#callers.has(type)) names.push(`\${user:a}`, `\${user:a}`, `\${user:b}`);
    const { scalar } = field;
    const all = scalar === undefined ? [] : scalarCandidates(field, scalar, [...words, ...names]);
    const keeps = (value: Value) => this.keeps(field, field.fieldKind === "list" ? [value] : value);
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
  keeps(field: DescField, value: Value): boolean {
    const violations = this.#violations(field.parent, { [field.name]: value });
    return violations?.every((path) => !path.startsWith(field.name)) ?? false;
  }

  isValid(message: DescMessage, made: Fields, scope: Scope): boolean {
    return this.#violations(message, made, scope)?.length === 0;
  }

  /** Paths of the fields that break rules; undefined when the value cannot be written. */
  #violations(message: DescMessage, made: Fields, scope = new Scope()): readonly string[] | undefined {
    try {
      const filled = scope.fill(made) as JsonValue;
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
