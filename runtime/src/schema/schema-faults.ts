import { wordInstead } from "@theseus/kit";
import type { z } from "zod";

export type Path = readonly PropertyKey[];

interface Described {
  readonly at: Path;
  readonly fault: string;
}

/** An issue that zod found in the value at a path, in words for the author of the file. */
export function describeIssue(issue: z.core.$ZodIssue, value: unknown, path: Path): readonly Described[] {
  const at = [...path, ...issue.path];
  const found = valueAt(value, issue.path);
  const key = at.findLast((step) => typeof step === "string");
  const name = key === undefined ? "it" : `"${String(key)}"`;
  switch (issue.code) {
    case "unrecognized_keys": {
      // The message of `record` has a line for each key.
      const faults = issue.message.split("\n");
      return issue.keys.map((key, index) => ({ at: [...at, key], fault: faults[index] ?? issue.message }));
    }
    case "invalid_key":
      return issue.issues.flatMap((inner) => describeIssue(inner, at.at(-1), at));
    case "invalid_type":
      return [
        { at, fault: found === undefined ? `${name} is missing` : wrongType(name, issue.expected, found) },
      ];
    case "invalid_value":
      return [{ at, fault: notOneOf(name, found, issue.values.map(String)) }];
    case "invalid_union":
      return [{ at, fault: found === undefined ? `${name} is missing` : unionFault(name, found, issue) }];
    default:
      return [{ at, fault: issue.message }];
  }
}

function unionFault(name: string, found: unknown, issue: z.core.$ZodIssueInvalidUnion): string {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : undefined;
  return options === undefined ? `${name} ${issue.message}` : notOneOf(name, found, options);
}

function wrongType(name: string, expected: string, found: unknown): string {
  return `${name} must be ${KINDS[expected] ?? expected}, not ${JSON.stringify(found).slice(0, 80)}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  array: "a list",
  object: "a map",
  record: "a map",
  boolean: "true or false",
};

function notOneOf(name: string, found: unknown, known: readonly string[]): string {
  if (found === undefined) return `${name} is missing`;
  return `${name} cannot be ${JSON.stringify(found)}${wordInstead(String(found), known)}`;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}
