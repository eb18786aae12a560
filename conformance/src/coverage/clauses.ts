import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Case } from "../cases/case.js";

/** A line for each clause that a case names and clauses.yaml does not. */
export function unknownClauses(cases: readonly Case[], clauses: readonly string[]): readonly string[] {
  const known = new Set(clauses);
  return cases.flatMap(({ place, clauses: named }) =>
    named.filter((clause) => !known.has(clause)).map((clause) => `${place}: there is no clause ${clause}`),
  );
}

/** Ids of the clauses that hold for a service: those of all services, and its own. */
export function loadClauses(path: string, service: string): readonly string[] {
  const all = parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
  return [...Object.keys(all.all ?? {}), ...Object.keys(all[service] ?? {})];
}
