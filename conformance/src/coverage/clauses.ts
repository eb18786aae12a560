import { wordInstead } from "@theseus/kit";
import { type Faults, optional, record, YamlFile } from "@theseus/runtime/schema";
import { z } from "zod";
import type { Case } from "../cases/case.js";

const section = z.record(
  z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, { error: "a clause has an id such as stock.never-oversold" }),
  z.string(),
);

/** Ids of the clauses of clauses.yaml that hold for a service: those of all services, and its own. */
export function readClauses(
  path: string,
  { service, services, faults }: { service: string; services: readonly string[]; faults: Faults },
): readonly string[] {
  const file = new YamlFile(path, "clauses.yaml", faults);
  const sections = Object.fromEntries(services.map((name) => [name, optional(section)]));
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> =
    file.read(record({ all: section, ...sections })) ?? {};
  return ["all", service].flatMap((name) => Object.keys(all[name] ?? {}));
}

/** Reports each clause that a case names and clauses.yaml does not have. */
export function reportUnknownClauses(
  cases: readonly Case[],
  clauses: readonly string[],
  faults: Faults,
): void {
  for (const { place, clauses: named } of cases) {
    for (const clause of named)
      if (!clauses.includes(clause))
        faults.add(place, `there is no clause "${clause}"${wordInstead(clause, clauses)}`);
  }
}
