import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** Ids of the clauses that hold for a service: those of all services, and its own. */
export function loadClauses(path: string, service: string): readonly string[] {
  const all = parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
  return [...Object.keys(all.all ?? {}), ...Object.keys(all[service] ?? {})];
}
