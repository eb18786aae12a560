import {
  type DescField,
  type DescMessage,
  type DescMethod,
  getOption,
  hasOption,
  type Registry,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldRules,
  message as messageRules,
  predefined,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** One validation rule at one field of a request, which cases can keep or break. */
export interface Rule {
  readonly method: DescMethod;
  /** `lines.quantity`, without indices; empty for a rule of the whole request. */
  readonly path: string;
  /** As violations name it, such as `string.max_len` or the id of a CEL rule. */
  readonly id: string;
}

/** All rules that requests of a method are held to. `registry` knows the predefined rules of the contract. */
export function rulesOf(method: DescMethod, registry: Registry): readonly Rule[] {
  return [...ofMessage({ message: method.input, path: "", above: [], registry })].map(({ path, id }) => ({
    method,
    path,
    id,
  }));
}

type Place = Omit<Rule, "method">;

interface MessagePlace {
  readonly message: DescMessage;
  readonly path: string;
  readonly above: readonly string[];
  readonly registry: Registry;
}

function* ofMessage({ message, path, above, registry }: MessagePlace): Iterable<Place> {
  if (above.includes(message.typeName)) return;
  if (hasOption(message, messageRules)) {
    for (const { id } of getOption(message, messageRules).cel) yield { path, id };
  }
  for (const field of message.fields) {
    const at = path === "" ? field.name : `${path}.${field.name}`;
    yield* ofField(field, { path: at, above, registry });
  }
}

function* ofField(
  field: DescField,
  { path, above, registry }: Omit<MessagePlace, "message">,
): Iterable<Place> {
  if (hasOption(field, fieldRules))
    yield* ofRules(reflect(FieldRulesSchema, getOption(field, fieldRules)), path, registry);
  const { message } = field;
  if (message?.typeName.startsWith("theseus.") === true)
    yield* ofMessage({ message, path, above: [...above, field.parent.typeName], registry });
}

function* ofRules(rules: ReflectMessage, path: string, registry: Registry): Iterable<Place> {
  const { required, cel } = rules.message as FieldRules;
  if (required) yield { path, id: "required" };
  for (const { id } of cel) yield { path, id };
  for (const kind of rules.fields) {
    if (kind.oneof?.name !== "type" || kind.fieldKind !== "message" || !rules.isSet(kind)) continue;
    yield* ofKind(kind.name, { rules: rules.get(kind), path, registry });
  }
}

interface KindPlace {
  readonly rules: ReflectMessage;
  readonly path: string;
  readonly registry: Registry;
}

function* ofKind(kind: string, { rules, path, registry }: KindPlace): Iterable<Place> {
  for (const id of predefinedIds(rules, registry)) yield { path, id };
  const set = rules.fields.filter((rule) => rules.isSet(rule));
  for (const rule of set) {
    if (rule.fieldKind === "message" && rule.name === "items")
      yield* ofRules(rules.get(rule), path, registry);
    else if (!BOUND.test(rule.name)) yield { path, id: `${kind}.${rule.name}` };
  }
  // A violation of either of two bounds of one field has one id, such as int32.gte_lte.
  const bounds = set.map(({ name }) => name).filter((name) => BOUND.test(name));
  if (bounds.length > 0) yield { path, id: `${kind}.${bounds.sort().join("_")}` };
}

/** The ids of the rules that a contract adds to those of protovalidate: extensions of their messages. */
function predefinedIds(rules: ReflectMessage, registry: Registry): readonly string[] {
  const numbers = new Set(rules.getUnknown()?.map(({ no }) => no));
  return [...numbers].flatMap((number) => {
    const rule = registry.getExtensionFor(rules.desc, number);
    return rule && hasOption(rule, predefined) ? getOption(rule, predefined).cel.map(({ id }) => id) : [];
  });
}

const BOUND = /^[gl]te?$/;
