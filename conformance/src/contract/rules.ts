import { type DescField, type DescMessage, type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  message as messageRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** One validation rule at one field of a request, which cases can keep or break. */
export interface Rule {
  readonly method: DescMethod;
  /** `lines.quantity`, without indices; empty for a rule of the whole request. */
  readonly path: string;
  /** As violations name it, such as `string.max_len` or the id of a CEL rule. */
  readonly id: string;
}

/** All rules that requests of a method are held to. */
export function rulesOf(method: DescMethod): readonly Rule[] {
  return [...ofMessage(method.input, "", [])].map(({ path, id }) => ({ method, path, id }));
}

type Place = Omit<Rule, "method">;

function* ofMessage(message: DescMessage, path: string, above: readonly string[]): Iterable<Place> {
  if (above.includes(message.typeName)) return;
  if (hasOption(message, messageRules)) {
    for (const { id } of getOption(message, messageRules).cel) yield { path, id };
  }
  for (const field of message.fields)
    yield* ofField(field, path === "" ? field.name : `${path}.${field.name}`, above);
}

function* ofField(field: DescField, path: string, above: readonly string[]): Iterable<Place> {
  if (hasOption(field, fieldRules))
    yield* ofRules(reflect(FieldRulesSchema, getOption(field, fieldRules)), path);
  const { message } = field;
  if (message?.typeName.startsWith("theseus.") === true) {
    yield* ofMessage(message, path, [...above, field.parent.typeName]);
  }
}

function* ofRules(rules: ReflectMessage, path: string): Iterable<Place> {
  const { required, cel } = rules.message as FieldRules;
  if (required) yield { path, id: "required" };
  for (const { id } of cel) yield { path, id };
  for (const kind of rules.fields) {
    if (kind.oneof?.name !== "type" || kind.fieldKind !== "message" || !rules.isSet(kind)) continue;
    yield* ofKind(kind.name, rules.get(kind), path);
  }
}

function* ofKind(kind: string, rules: ReflectMessage, path: string): Iterable<Place> {
  const set = rules.fields.filter((rule) => rules.isSet(rule));
  for (const rule of set) {
    if (rule.fieldKind === "message" && rule.name === "items") yield* ofRules(rules.get(rule), path);
    else if (!BOUND.test(rule.name)) yield { path, id: `${kind}.${rule.name}` };
  }
  // A violation of either of two bounds of one field has one id, such as int32.gte_lte.
  const bounds = set.map(({ name }) => name).filter((name) => BOUND.test(name));
  if (bounds.length > 0) yield { path, id: `${kind}.${bounds.sort().join("_")}` };
}

const BOUND = /^[gl]te?$/;
