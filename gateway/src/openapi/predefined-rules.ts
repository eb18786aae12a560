import { getExtension, getOption, type Registry } from "@bufbuild/protobuf";
import type { ReflectMessage } from "@bufbuild/protobuf/reflect";
import { predefined, type Rule } from "@theseus/contract/es/buf/validate/validate_pb.js";
import type { Schema } from "./schema.js";

/** A rule that a contract adds to those of buf.validate, as it is used at one field. */
export interface PredefinedRule {
  /** What the field gives to the rule, `rule` in its expression. */
  readonly value: unknown;
  readonly cel: readonly Pick<Rule, "id" | "message" | "expression">[];
}

/** The predefined rules among the rules of a field: extensions, which a contract's registry knows. */
export function predefinedRules(rules: ReflectMessage, registry: Registry): readonly PredefinedRule[] {
  const numbers = new Set(rules.getUnknown()?.map(({ no }) => no));
  return [...numbers].flatMap((number) => {
    const extension = registry.getExtensionFor(rules.desc, number);
    if (extension === undefined) return [];
    const value: unknown = getExtension(rules.message, extension);
    return value === false ? [] : [{ value, cel: getOption(extension, predefined).cel }];
  });
}

/** JSON Schema of a predefined rule: a pattern where its expression matches one, otherwise the expression as `x-cel`. */
export function describePredefined({ value, cel }: PredefinedRule): Schema {
  const patterns = cel.flatMap(({ expression }) => patternOf(expression, value) ?? []);
  if (cel.length === 1 && patterns.length === 1) return { pattern: patterns[0] };
  const rule = typeof value === "bigint" ? Number(value) : value;
  return { "x-cel": cel.map(({ id, message, expression }) => ({ id, message, expression, rule })) };
}

const LITERAL = "'[^'\\\\]*'";
const MATCHES = new RegExp(
  `(?<!!)this\\.matches\\((${LITERAL}|rule)((?:\\s*\\+\\s*(?:${LITERAL}|rule))*)\\)`,
);

/** The regular expression that an expression matches `this` with, put together of literals and `rule`; none where it must not match. */
function patternOf(expression: string, value: unknown): string | undefined {
  const [, first, others] = MATCHES.exec(expression) ?? [];
  if (first === undefined) return undefined;
  const parts = `${first}${others}`.match(new RegExp(`${LITERAL}|rule`, "g")) ?? [];
  return parts.map((part) => (part === "rule" ? String(value) : part.slice(1, -1))).join("");
}
