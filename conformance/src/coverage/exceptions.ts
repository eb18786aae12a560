import { existsSync } from "node:fs";
import { type Faults, optional, record, YamlFile } from "@theseus/runtime/schema";
import { z } from "zod";
import type { Coverage } from "./coverage.js";

const exception = record({
  line: z.string().describe("a line of the coverage, word by word"),
  why: z.string(),
});

/** Something that the contract asks for and no case shows, with the argument why that is right. */
export type CoverageException = Readonly<z.infer<typeof exception>>;

/** What exceptions.yaml excuses of a service; nothing where there is no such file. */
export function readExceptions(
  path: string,
  { service, services, faults }: { service: string; services: readonly string[]; faults: Faults },
): readonly CoverageException[] {
  if (!existsSync(path)) return [];
  const file = new YamlFile(path, "exceptions.yaml", faults);
  const sections = record(Object.fromEntries(services.map((name) => [name, optional(z.array(exception))])));
  return file.read(sections)?.[service] ?? [];
}

/** What is missing, and exceptions that are none any more: the list must stay exact. */
export function coverageFaults(
  { wanted, shown }: Coverage,
  exceptions: readonly CoverageException[],
): readonly string[] {
  const excused = new Set(exceptions.map(({ line }) => line));
  const missing = wanted.filter((line) => !shown.has(line) && !excused.has(line));
  const stale = exceptions.filter(({ line }) => shown.has(line) || !wanted.includes(line));
  return [
    ...missing.map((line) => `no case shows: ${line}`),
    ...stale.map(({ line }) => `exceptions.yaml excuses what is shown, or what nobody asks for: ${line}`),
  ];
}
