import { wordInstead } from "@theseus/kit";
import { z } from "zod";
import { UsageFault } from "../fault.js";
import { Faults, optional, type Path, record, YamlFile } from "../schema/index.js";
import type { Mix, Step } from "./mix.js";
import { placesIn } from "./templates.js";

/** What a mix may name. */
export interface MixVocabulary {
  /** Whose tokens there are: for `as`. */
  readonly people: readonly string[];
  /** What each visitor brings along: for `${name}`. */
  readonly values: readonly string[];
  /** Where it is described what a mix looks like. */
  readonly help: string;
}

const mostWeight = 1_000_000;
const text = z.string().min(1, { error: "is empty" });
const name = z.string().regex(/^\S(.{0,60}\S)?$/, { error: "a name is a line of 1 to 62 characters" });
const word = z.string().regex(/^[a-z][A-Za-z0-9_]*$/, { error: "what is kept has a name such as order" });
const call = z.string().regex(/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/, {
  error: '"call" is a method and a path, such as GET /v1/things',
});
const weight = z.number().refine((value) => Number.isInteger(value) && value >= 1 && value <= mostWeight, {
  error: `"weight" must be a whole number from 1 to ${mostWeight}`,
});
const step = record({
  name,
  call,
  as: optional(text),
  token: optional(text),
  body: optional(z.record(z.string(), z.unknown())),
  keep: optional(z.record(word, text)),
  expect: optional(z.record(z.string(), text)),
  refused: optional(text),
});
const journey = record({
  name,
  weight,
  steps: z.array(step).min(1, { error: "a journey has a step at least" }),
});
const schema = record({
  journeys: z.array(journey).min(1, { error: "a mix has a journey at least" }),
});

/**
 * Reads a mix of journeys from a file in YAML or JSON.
 *
 * @throws UsageFault with everything that is wrong with it, each fault with its line
 */
export function readMix(path: string, vocabulary: MixVocabulary): Mix {
  const faults = new Faults();
  const file = openFile(path, faults, vocabulary);
  const read = file.read(schema);
  const journeys = (read?.journeys ?? []).map(({ name, weight, steps }, at) => {
    const place = ["journeys", at, "steps"];
    checkPlaces(file, place, steps, vocabulary);
    reportTwins(file, place, steps);
    return { name, weight, steps: steps.map(toStep) };
  });
  reportTwins(file, ["journeys"], journeys);
  const found = faults.list();
  if (found.length === 0) return { journeys };
  throw new UsageFault(`The mix in ${path} cannot be used:\n  ${found.join("\n  ")}`, vocabulary.help);
}

function openFile(path: string, faults: Faults, { help }: MixVocabulary): YamlFile {
  try {
    return new YamlFile(path, path, faults);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageFault(`The mix in ${path} cannot be read: ${why}.`, help, { cause: error });
  }
}

type StepInFile = z.output<typeof step>;

function toStep({ call, ...rest }: StepInFile): Step {
  const [method = "", path = ""] = call.split(" ");
  return { ...rest, method, path };
}

/** A name is told in reports, where two of the same would be one. */
function reportTwins(file: YamlFile, at: Path, named: readonly { readonly name: string }[]): void {
  for (const [index, { name }] of named.entries())
    if (named.findIndex((each) => each.name === name) < index)
      file.report([...at, index, "name"], `the name "${name}" is taken by an earlier one`);
}

/** Nothing is filled in that is not there at that step. */
function checkPlaces(file: YamlFile, at: Path, steps: readonly StepInFile[], known: MixVocabulary): void {
  const values = [...known.values];
  for (const [index, { as, token, call, body, keep }] of steps.entries()) {
    const report = (key: string, fault: string) => file.report([...at, index, key], fault);
    for (const [key, value] of Object.entries({ call, token, body }))
      for (const place of placesIn(value))
        if (!values.includes(place))
          report(key, `nothing is known as \${${place}}${wordInstead(place, values)}`);
    if (as !== undefined && !known.people.includes(as))
      report("as", `"as" cannot be "${as}"${wordInstead(as, known.people)}`);
    if (as !== undefined && token !== undefined) report("token", '"as" and "token" exclude each other');
    values.push(...Object.keys(keep ?? {}));
  }
}
