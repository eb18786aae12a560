import { wordInstead } from "@theseus/kit";
import { describeIssue, type Path } from "@theseus/runtime/schema";
import type { z } from "zod";
import { type Fields, isFields } from "./value.js";

/** A key such as `$matches`, which describes a value instead of being one. */
export interface Operator {
  readonly says: string;
  /** The schema of its argument; `value` and `values` are a value and a list of values that may have operators again. */
  readonly argument: "value" | "values" | z.ZodType;
  /** A key beside it that belongs to it; without the operator the key is a field. */
  readonly beside?: { readonly key: string; readonly argument: "value" | z.ZodType };
}

export type Operators = Readonly<Record<string, Operator>>;

interface Checking {
  readonly ctx: z.core.$RefinementCtx;
  readonly operators: Operators;
}

/** Reports operators anywhere in a value that are unknown, wrong or without effect. */
export function checkValue(value: unknown, ctx: z.core.$RefinementCtx, operators: Operators): void {
  check(value, [], { ctx, operators });
}

function check(value: unknown, path: Path, to: Checking): void {
  if (Array.isArray(value)) for (const [at, entry] of value.entries()) check(entry, [...path, at], to);
  if (!isFields(value)) return;
  for (const key of Object.keys(value)) {
    if (key.startsWith("$")) checkOperator(key, value, path, to);
    else checkField(key, value, path, to);
  }
}

function checkOperator(key: string, value: Fields, path: Path, to: Checking): void {
  const operator = to.operators[key];
  const at = [...path, key];
  if (operator === undefined) {
    report(to, at, `"${key}" is not an operator here${wordInstead(key, Object.keys(to.operators))}`);
    return;
  }
  checkArgument(operator.argument, value[key], at, to);
  const others = Object.keys(value).filter((other) => other !== key && other.startsWith("$"));
  if (key === "$only" && others.length > 0)
    report(to, at, `"$only" compares nothing beside ${others.join(", ")}`);
  if (key === "$repeat" && Object.keys(value).sort().join() !== "$repeat,value")
    report(to, at, '"$repeat" stands with "value" and nothing else');
}

/** A field of a message, or the key beside an operator. */
function checkField(key: string, value: Fields, path: Path, to: Checking): void {
  const at = [...path, key];
  const owner = Object.keys(to.operators).find((name) => to.operators[name]?.beside?.key === key);
  if (owner !== undefined && owner in value)
    checkArgument(to.operators[owner]?.beside?.argument ?? "value", value[key], at, to);
  else check(value[key], at, to);
  const hasOperators = Object.keys(value).some((other) => other.startsWith("$") && other !== "$only");
  if (owner !== undefined && !(owner in value) && hasOperators)
    report(to, at, `"${key}" compares nothing without ${owner}`);
}

function checkArgument(argument: Operator["argument"], value: unknown, at: Path, to: Checking): void {
  if (argument === "value") check(value, at, to);
  else if (argument === "values") {
    if (!Array.isArray(value)) report(to, at, `"${String(at.at(-1))}" must be a list`);
    check(value, at, to);
  } else {
    const { error } = argument.safeParse(value);
    for (const issue of error?.issues ?? [])
      for (const { at: inner, fault } of describeIssue(issue, value, at)) report(to, inner, fault);
  }
}

function report({ ctx }: Checking, path: Path, message: string): void {
  ctx.addIssue({ code: "custom", path: [...path], message });
}
