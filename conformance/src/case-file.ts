import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Case, Need, Step } from "./case.js";

const VERBS = [
  ...["call", "together", "table", "stream", "receive", "cancel", "ends", "converse", "raw"],
  ...["restart", "store", "begin", "answer", "peer", "reservation", "ledger", "terminate"],
];
const NEEDS: readonly Need[] = ["restart", "own-target", "store"];
const KEYS = ["case", "says", "clauses", "needs", "peers", "steps"];

/** A file of cases that is not as it must be; every fault is named with its line. */
export class CaseFileError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The cases cannot be read:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** Reads all cases of a service, `protocol` ones included; faults of all files are reported at once. */
export function loadCases(folder: string, service: string): readonly Case[] {
  const files = readdirSync(join(folder, service)).filter((name) => name.endsWith(".yaml"));
  const faults: string[] = [];
  const cases = files.sort().flatMap((file) => readCases(join(folder, service, file), folder, faults));
  const names = new Set<string>();
  for (const { name, place } of cases) {
    if (names.has(name)) faults.push(`${place}: there is another case ${name}`);
    names.add(name);
    if (!name.startsWith(`${service}/`)) faults.push(`${place}: the name must begin with ${service}/`);
  }
  if (faults.length > 0) throw new CaseFileError(faults);
  return cases;
}

function readCases(path: string, folder: string, faults: string[]): Case[] {
  const shown = relative(join(folder, ".."), path);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines });
  for (const error of document.errors) faults.push(`${shown}: ${error.message}`);
  const list = document.toJS() as unknown;
  if (!Array.isArray(list)) {
    faults.push(`${shown}: it must be a list of cases`);
    return [];
  }
  return list.map((entry: Record<string, unknown>, index) => {
    const node = document.getIn([index], true) as { range?: [number, number, number] } | undefined;
    const place = `${shown}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
    return toCase(entry, place, (fault) => faults.push(`${place}: ${fault}`));
  });
}

function toCase(entry: Record<string, unknown>, place: string, report: (fault: string) => void): Case {
  for (const key of Object.keys(entry)) if (!KEYS.includes(key)) report(`"${key}" is not a key of a case`);
  const name = String(entry.case ?? "");
  if (!/^[a-z]+(\/[a-z0-9-]+){2,}$/.test(name))
    report(`"${name}" is not a name such as payment/create/replay`);
  if (typeof entry.says !== "string") report(`${name} does not say what it proves`);
  const needs = (entry.needs ?? []) as Need[];
  for (const need of needs) if (!NEEDS.includes(need)) report(`"${need}" is not one of ${NEEDS.join(", ")}`);
  const steps = (entry.steps ?? []) as Step[];
  if (steps.length === 0) report(`${name} has no steps`);
  for (const step of steps) {
    if (verbOf(step) === undefined)
      report(`a step of ${name} has no verb: ${JSON.stringify(step).slice(0, 80)}`);
  }
  return {
    name,
    says: String(entry.says),
    clauses: (entry.clauses ?? []) as string[],
    needs,
    peers: (entry.peers ?? {}) as Case["peers"],
    steps,
    place,
  };
}

/** What kind of step it is: the key that says what to do. */
export function verbOf(step: Step): string | undefined {
  return VERBS.find((verb) => verb in step);
}
