import { z } from "zod";
import { callOptions } from "./call-steps.js";
import { caseEntry } from "./case.js";
import type { WorldSchema } from "./case-file.js";
import { expectation } from "./expectation.js";
import { OPERATORS } from "./expected.js";
import type { StepSchema, StepSchemas } from "./step-reader.js";
import { STEPS } from "./steps.js";

/** Tables of all that cases can say, and of what only those of one service can; in Markdown, from the schemas. */
export function documentCases(worlds: ReadonlyMap<string, WorldSchema>): string {
  return [
    table(["a case", ""], keysOf(caseEntry.shape)),
    table(["step", "", "other keys"], [CALLS, ...stepRows(STEPS)]),
    table(["`expect`", ""], keysOf(expectation.shape)),
    table(["operator", "expects"], operatorRows()),
    ...[...worlds].map(([service, world]) => worldTable(service, world)),
  ].join("\n\n");
}

type Row = readonly string[];

const CALLS: Row = ["every call", "", describeKeys(callOptions, [])];

function stepRows(steps: StepSchemas): readonly Row[] {
  return Object.entries(steps).flatMap(([verb, schema]) =>
    recordsOf(schema).map((each) => stepRow(verb, each)),
  );
}

function stepRow(verb: string, schema: z.ZodObject): Row {
  const calls = Object.keys(callOptions).every((key) => key in schema.shape);
  const keys = describeKeys(schema.shape, [verb, ...(calls ? Object.keys(callOptions) : [])]);
  const which = choicesOf(schema.shape[verb]);
  const head = which === "" ? `\`${verb}\`` : `\`${verb}\`: ${which}`;
  return [head, schema.description ?? "", [keys, calls ? "as every call" : ""].filter(Boolean).join("; ")];
}

function recordsOf(schema: StepSchema): readonly z.ZodObject[] {
  return schema instanceof z.ZodDiscriminatedUnion ? schema.options : [schema];
}

/** The words that can stand behind a key, where only some can. */
function choicesOf(schema: unknown): string {
  const choices =
    schema instanceof z.ZodLiteral ? [...schema.values] : schema instanceof z.ZodEnum ? schema.options : [];
  return choices.map((choice) => `\`${choice}\``).join(", ");
}

function describeKeys(shape: z.ZodRawShape, without: readonly string[]): string {
  return Object.entries(shape)
    .filter(([key]) => !without.includes(key))
    .map(([key, schema]) => [`\`${key}\``, descriptionOf(schema)].filter(Boolean).join(": "))
    .join("; ");
}

function keysOf(shape: z.ZodRawShape): readonly Row[] {
  return Object.entries(shape).map(([key, schema]) => [`\`${key}\``, descriptionOf(schema)]);
}

function descriptionOf(schema: unknown): string {
  return schema instanceof z.ZodType ? (schema.description ?? "") : "";
}

function operatorRows(): readonly Row[] {
  return Object.entries(OPERATORS).map(([name, { says }]) => [`\`${name}\``, says]);
}

function worldTable(service: string, { steps, peers }: WorldSchema): string {
  const played: readonly Row[] =
    peers === undefined ? [] : [["`peers` of the case", descriptionOf(peers), ""]];
  return table([`${service} alone`, "", "other keys"], [...played, ...stepRows(steps)]);
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
