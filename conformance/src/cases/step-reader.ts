import { distanceOf, nearestWord, wordInstead } from "@theseus/kit";
import type { Path, YamlFile } from "@theseus/runtime/schema";
import type { z } from "zod";
import { STEPS, type Step, type StepOf } from "./steps.js";
import { type Fields, isFields } from "./value.js";

/** The schema of a step: a map, or a choice of maps by the value of one key. */
export type StepSchema = z.ZodObject | z.ZodDiscriminatedUnion<readonly z.ZodObject[]>;

export type StepSchemas = Readonly<Record<string, StepSchema>>;

/** Steps of given.yaml, with the variables that they have. */
export interface Beginning {
  readonly variables: Fields;
  readonly steps: readonly Step[];
}

export interface StepReading {
  readonly file: YamlFile;
  /** The schema of each verb. */
  readonly schemas: StepSchemas;
  /** What cases can begin with, by name. */
  readonly beginnings: ReadonlyMap<string, Beginning>;
}

/** Steps out of a file, with those of given.yaml put in; a step that does not fit its schema is reported and left out. */
export function readSteps(entries: readonly unknown[], path: Path, reading: StepReading): readonly Step[] {
  return entries.flatMap((entry, index) => readStep(entry, [...path, index], reading) ?? []);
}

function readStep(entry: unknown, path: Path, reading: StepReading): Step | undefined {
  const { file, schemas } = reading;
  const verb = verbOf(entry, schemas, (fault) => file.report(path, fault));
  const schema = verb === undefined ? undefined : schemas[verb];
  if (verb === undefined || schema === undefined) return undefined;
  const checked = file.check(schema, entry, path) as Fields | undefined;
  // Steps within a step that does not fit are read too: all faults are told at once.
  const { after_first: inner } = entry as { after_first?: unknown };
  const within = Array.isArray(inner) ? readSteps(inner, [...path, "after_first"], reading) : undefined;
  if (checked === undefined) return undefined;
  const step = { verb, ...checked };
  if (verb === "given") return begin(step as unknown as StepOf<"given">, path, reading);
  return within === undefined ? step : ({ ...step, after_first: within } as Step);
}

function begin(step: StepOf<"given">, path: Path, { file, beginnings }: StepReading): StepOf<"given"> {
  const found = beginnings.get(step.given);
  if (found === undefined) {
    const fault = `given.yaml has no "${step.given}"${wordInstead(step.given, [...beginnings.keys()])}`;
    file.report([...path, "given"], fault);
  }
  const { variables = {}, steps = [] } = found ?? {};
  for (const name of Object.keys(step.with ?? {})) {
    if (found === undefined || name in variables) continue;
    const fault = `"${name}" is no variable of "${step.given}"${wordInstead(name, Object.keys(variables))}`;
    file.report([...path, "with", name], fault);
  }
  return { ...step, with: { ...variables, ...step.with }, steps };
}

/** The key of a step that says what to do; undefined, and reported, when there is none or more than one. */
function verbOf(entry: unknown, schemas: StepSchemas, report: (fault: string) => void): string | undefined {
  const keys = isFields(entry) ? Object.keys(entry) : [];
  const known = keys.filter((key) => Object.hasOwn(schemas, key));
  // `call` is a verb, and also a key of `together`.
  const verbs = known.filter(
    (verb) => !known.some((other) => other !== verb && hasKey(schemas[other], verb)),
  );
  if (verbs.length > 1) report(`two verbs in one step: ${verbs.map((verb) => `"${verb}"`).join(" and ")}`);
  if (verbs.length === 0) report(`a step has no verb${meant(keys, Object.keys(schemas))}`);
  return verbs.length === 1 ? verbs[0] : undefined;
}

function meant(keys: readonly string[], verbs: readonly string[]): string {
  const near = keys.flatMap((key) => {
    const verb = nearestWord(key, verbs);
    return verb === undefined ? [] : [{ key, verb, distance: distanceOf(key, verb) }];
  });
  const [best] = near.sort((a, b) => a.distance - b.distance);
  return best === undefined
    ? `: ${keys.join(", ") || "it is no map"}`
    : `: "${best.key}"; did you mean "${best.verb}"?`;
}

function hasKey(schema: StepSchema | undefined, key: string): boolean {
  if (schema === undefined) return false;
  const records = "options" in schema ? schema.options : [schema];
  return records.some(({ shape }) => key in shape);
}

/** The schemas of all services' steps, and of those of one service's world. */
export function schemasOf(world: StepSchemas): StepSchemas {
  return { ...STEPS, ...world };
}
