import { existsSync } from "node:fs";
import { type Faults, optional, record, YamlFile } from "@theseus/runtime/schema";
import { z } from "zod";
import type { GeneratedMutant } from "./generated-mutant.js";

const equivalent = record({
  file: z.string().describe("the source file, from the implementation's folder"),
  before: optional(z.string()).describe(
    "the code as the list of survivors shows it; absent: all of the file",
  ),
  after: optional(z.string()).describe(
    "what it becomes, as the list of survivors shows it; absent: anything",
  ),
  because: z.string().describe("why no caller can tell"),
});

const equivalentFile = record({ equivalents: z.array(equivalent) });

/** A change that no caller can tell from the right code, with the argument for it. */
export type Equivalent = Readonly<z.infer<typeof equivalent>>;

/** The equivalents of one implementation; none where there is no such file. */
export function readEquivalents(path: string, name: string, faults: Faults): readonly Equivalent[] {
  if (!existsSync(path)) return [];
  return new YamlFile(path, name, faults).read(equivalentFile)?.equivalents ?? [];
}

/** The entry that speaks of a mutant. Lines do not count, so that entries survive edits elsewhere in the file. */
export function findEquivalent(
  { file, before, after }: GeneratedMutant,
  equivalents: readonly Equivalent[],
): Equivalent | undefined {
  return equivalents.find(
    (each) =>
      each.file === file &&
      (each.before === undefined || each.before === before) &&
      (each.after === undefined || each.after === after),
  );
}

/** Entries that speak of no mutant any more: the list must stay exact. */
export function staleEquivalents(
  mutants: readonly GeneratedMutant[],
  equivalents: readonly Equivalent[],
): readonly Equivalent[] {
  return equivalents.filter(
    (each) => !mutants.some((mutant) => findEquivalent(mutant, [each]) !== undefined),
  );
}
