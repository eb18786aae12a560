import { type DescField, type DescMessage, getOption, type Message, type Registry } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  FieldRulesSchema,
  field as fieldRules,
  message as messageRules,
  type Rule,
} from "@theseus/contract/es/buf/validate/validate_pb.js";
import { FieldBehavior, field_behavior } from "@theseus/contract/es/google/api/field_behavior_pb.js";
import { describePredefined, predefinedRules } from "./predefined-rules.js";
import type { Schema } from "./schema.js";

/** JSON Schema keywords of buf.validate's rules, by the kind of rules and the rule's name. */
const KEYWORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  string: { const: "const", min_len: "minLength", max_len: "maxLength", pattern: "pattern", in: "enum" },
  repeated: { min_items: "minItems", max_items: "maxItems", unique: "uniqueItems" },
  map: { min_pairs: "minProperties", max_pairs: "maxProperties" },
  bool: { const: "const" },
};
const NUMBERS = {
  const: "const",
  gt: "exclusiveMinimum",
  gte: "minimum",
  lt: "exclusiveMaximum",
  lte: "maximum",
  in: "enum",
};
const FORMATS: readonly string[] = ["email", "hostname", "ipv4", "ipv6", "uri", "uuid"];

/** A field's schema with what the contract demands of its values. CEL rules, for which JSON Schema has no keyword, are added as `x-cel`. `registry` knows the contract's own rules. */
export function constrain(field: DescField, schema: Schema, registry: Registry): Schema {
  const rules = getOption(field, fieldRules);
  const behaviors = getOption(field, field_behavior);
  return {
    ...schema,
    ...keywordsOf(reflect(FieldRulesSchema, rules), schema, registry),
    ...(rules.cel.length > 0 && { "x-cel": rules.cel.map(showRule) }),
    ...(behaviors.includes(FieldBehavior.OUTPUT_ONLY) && { readOnly: true }),
    ...(isInputOnly(field) && { writeOnly: true }),
  };
}

/** True when a request must have the field. */
export function isRequired(field: DescField): boolean {
  return (
    getOption(field, fieldRules).required || getOption(field, field_behavior).includes(FieldBehavior.REQUIRED)
  );
}

/** True for a field that requests may have and answers never do. */
export function isInputOnly(field: DescField): boolean {
  return getOption(field, field_behavior).includes(FieldBehavior.INPUT_ONLY);
}

/** Rules over several fields of a message. */
export function messageConstraints(message: DescMessage): Schema {
  const { cel } = getOption(message, messageRules);
  return cel.length > 0 ? { "x-cel": cel.map(showRule) } : {};
}

function keywordsOf(rules: ReflectMessage, schema: Schema, registry: Registry): Schema {
  const oneof = rules.oneofs.find((each) => each.name === "type");
  const chosen = oneof && rules.oneofCase(oneof);
  if (chosen?.fieldKind !== "message") return {};
  const kind = chosen.name;
  const given = rules.get(chosen);
  const keywords: Record<string, unknown> = {};
  for (const rule of predefinedRules(given, registry)) Object.assign(keywords, describePredefined(rule));
  for (const field of given.fields.filter((each) => given.isSet(each))) {
    const value =
      field.fieldKind === "list" ? [...given.get(field)].map(toNumber) : toNumber(given.get(field));
    const keyword = KEYWORDS[kind]?.[field.name] ?? numberKeyword(field.name, schema);
    if (keyword) keywords[keyword] = value;
    else if (kind === "string" && FORMATS.includes(field.name)) keywords.format = field.name;
    else if (kind === "string" && field.name === "len")
      Object.assign(keywords, { minLength: value, maxLength: value });
    else if (field.name === "items" && field.fieldKind === "message") {
      keywords.items = {
        ...(schema.items as Schema),
        ...keywordsOf(given.get(field), schema.items as Schema, registry),
      };
    }
  }
  return keywords;
}

/** 64-bit integers are strings in JSON, for which JSON Schema has no bounds. */
function numberKeyword(name: string, schema: Schema): string | undefined {
  const keyword = Object.entries(NUMBERS).find(([rule]) => rule === name)?.[1];
  if (schema.type === "integer" || schema.type === "number") return keyword;
  return keyword && /^u?int64$/.test(String(schema.format)) ? `x-${keyword}` : undefined;
}

function toNumber(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
    ? Number(value)
    : String(value);
}

function showRule({ id, message, expression }: Omit<Rule, keyof Message>): Schema {
  return { id, message, expression };
}
