import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Faults, optional, type Path, record, YamlFile } from "@theseus/runtime/schema";
import { z } from "zod";
import { requireOne } from "../schema/record.js";
import { type Mutant, type Patch, patch } from "./mutant.js";
import { parametersOf, TRANSFORMATIONS } from "./transformations/create-transformation.js";

const mutantFile = record({
  service: z.string(),
  healthy: z.string().describe("a case that all of them pass, unless a mutant names another"),
  mutants: z.array(z.unknown()),
});

const mutantEntry = record({
  mutant: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/, {
    error: '"mutant" is a name such as orders/stores-orders-in-a-map',
  }),
  breaks: z.string(),
  patch: optional(z.unknown()).describe("one or several"),
  wrapper: optional(z.enum(TRANSFORMATIONS)),
  with: optional(z.record(z.string(), z.unknown())).describe("of the wrapper"),
  "killed-by": optional(z.array(z.string())),
  "beyond-answers": optional(z.string().min(1)).describe(
    "why no answer to any call shows it, such as work that nobody waits for, or time that must pass",
  ),
  healthy: optional(z.string()),
}).superRefine((entry, ctx) => requireOne(entry, ctx, ["patch", "wrapper"]));

/** Reads all mutants of a folder, `<service>.yaml` each. */
export function readMutants(folder: string, faults: Faults): readonly Mutant[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const mutants = files.sort().flatMap((name) => {
    const file = new YamlFile(join(folder, name), `mutants/${name}`, faults);
    return readFile(file);
  });
  const names = new Set<string>();
  for (const { name, place } of mutants) {
    if (names.has(name)) faults.add(place, `there is another mutant ${name}`);
    names.add(name);
  }
  return mutants;
}

interface Whole {
  readonly service: string;
  readonly healthy: string;
}

function readFile(file: YamlFile): readonly Mutant[] {
  const found = file.read(mutantFile);
  if (found === undefined) return [];
  return found.mutants.flatMap((entry, index) => readMutant(entry, ["mutants", index], file, found) ?? []);
}

function readMutant(entry: unknown, path: Path, file: YamlFile, whole: Whole): Mutant | undefined {
  const found = file.check(mutantEntry, entry, path);
  if (found === undefined) return undefined;
  const { mutant: name, breaks, wrapper, healthy = whole.healthy, "killed-by": killedBy = [] } = found;
  const { service } = whole;
  if (!name.startsWith(`${service}/`)) file.report(path, `the name must begin with ${service}/`);
  const patches = readPatches(found.patch, [...path, "patch"], file);
  const place = file.place(path);
  const beyondAnswers = found["beyond-answers"];
  const mutant = {
    ...{ name, service, breaks, killedBy, healthy, place, patches },
    ...(beyondAnswers !== undefined && { beyondAnswers }),
  };
  if (wrapper === undefined) return mutant;
  const values = file.check(parametersOf(wrapper), found.with ?? {}, [...path, "with"]) ?? {};
  return { ...mutant, wrapper: { name: wrapper, with: values } };
}

function readPatches(given: unknown, path: Path, file: YamlFile): readonly Patch[] {
  if (given === undefined) return [];
  if (Array.isArray(given)) return file.check(z.array(patch), given, path) ?? [];
  return [file.check(patch, given, path) ?? []].flat();
}
