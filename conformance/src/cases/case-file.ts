import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LineCounter, parseDocument, visit } from "yaml";
import type { Case, Fields, GivenStep, Need, Step, WalkStep } from "./case.js";

const VERBS = [
  ...["together", "call", "table", "stream", "receive", "cancel", "ends", "converse", "raw", "walk"],
  ...[
    "open",
    "send",
    "close",
    "given",
    "launch",
    "access",
    "reflection",
    "signal",
    "exits",
    "pending",
    "log",
  ],
  ...["restart", "second", "store", "begin", "answer", "peer", "reservation", "ledger", "books", "terminate"],
];
const NEEDS: readonly Need[] = ["restart", "own-target", "store", "launch"];
const KEYS = ["case", "says", "clauses", "needs", "peers", "environment", "steps"];

/** A file of cases that is not as it must be; every fault is named with its line. */
export class CaseFileError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The cases cannot be read:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
  }
}

/** Reads the cases of a service and those of all services (`protocol`); faults of all files are reported at once. */
export function loadCases(folder: string, service: string): readonly Case[] {
  const faults: string[] = [];
  const cases = [service, "protocol"].flatMap((name) => readFolder(folder, name, faults));
  const names = new Set<string>();
  for (const { name, place } of cases) {
    if (names.has(name)) faults.push(`${place}: there is another case ${name}`);
    names.add(name);
  }
  if (faults.length > 0) throw new CaseFileError(faults);
  return cases;
}

function readFolder(folder: string, name: string, faults: string[]): readonly Case[] {
  const own = join(folder, name);
  if (!existsSync(own)) return [];
  const files = readdirSync(own).filter((file) => file.endsWith(".yaml") && file !== "given.yaml");
  const given = readMap(join(own, "given.yaml"), faults) as unknown as Beginnings;
  const cases = files.sort().flatMap((file) => readCases(join(own, file), { folder, given, faults }));
  for (const { name: found, place } of cases)
    if (!found.startsWith(`${name}/`)) faults.push(`${place}: the name must begin with ${name}/`);
  return cases;
}

/** given.yaml: what cases can begin with, by name. */
type Beginnings = Readonly<Record<string, { readonly with?: Fields; readonly steps: readonly Step[] }>>;

interface Reading {
  readonly folder: string;
  readonly given: Beginnings;
  readonly faults: string[];
}

function readMap(path: string, faults: string[]): Fields {
  if (!existsSync(path)) return {};
  const document = parseDocument(readFileSync(path, "utf8"));
  for (const error of document.errors) faults.push(`${path}: ${error.message}`);
  return (document.toJS() as Fields | null) ?? {};
}

function readCases(path: string, reading: Reading): Case[] {
  const shown = relative(join(reading.folder, ".."), path);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines });
  for (const error of document.errors) reading.faults.push(`${shown}: ${error.message}`);
  visit(document, {
    Scalar(_, { value, source, range }) {
      if (typeof value !== "number" || !Number.isInteger(value) || Number.isSafeInteger(value)) return;
      const { line } = lines.linePos(range?.[0] ?? 0);
      reading.faults.push(`${shown}:${line}: ${source} is beyond 2^53 and must be a text`);
    },
  });
  const list = document.toJS() as unknown;
  if (!Array.isArray(list)) {
    reading.faults.push(`${shown}: it must be a list of cases`);
    return [];
  }
  return list.map((entry: Record<string, unknown>, index) => {
    const node = document.getIn([index], true) as { range?: [number, number, number] } | undefined;
    const place = `${shown}:${lines.linePos(node?.range?.[0] ?? 0).line}`;
    return toCase(entry, place, reading);
  });
}

function toCase(entry: Record<string, unknown>, place: string, { given, faults }: Reading): Case {
  const report = (fault: string) => faults.push(`${place}: ${fault}`);
  for (const key of Object.keys(entry)) if (!KEYS.includes(key)) report(`"${key}" is not a key of a case`);
  const name = String(entry.case ?? "");
  if (!/^[a-z]+(\/[a-z0-9-]+){2,}$/.test(name))
    report(`"${name}" is not a name such as orders/create/replay`);
  if (typeof entry.says !== "string") report(`${name} does not say what it proves`);
  const needs = (entry.needs ?? []) as Need[];
  for (const need of needs) if (!NEEDS.includes(need)) report(`"${need}" is not one of ${NEEDS.join(", ")}`);
  if (entry.environment !== undefined && needs.length === 0)
    report(`${name} has an environment and needs no target of its own`);
  const steps = (entry.steps ?? []) as Step[];
  if (steps.length === 0) report(`${name} has no steps`);
  return {
    name,
    says: String(entry.says),
    clauses: (entry.clauses ?? []) as string[],
    needs,
    peers: (entry.peers ?? {}) as Case["peers"],
    environment: (entry.environment ?? {}) as Fields,
    steps: steps.map((step) => toStep(step, given, report)),
    place,
  };
}

/** A step, with the steps of given.yaml put in. */
function toStep(step: Step, given: Beginnings, report: (fault: string) => void): Step {
  const verb = verbOf(step);
  if (verb === undefined) report(`a step has no verb: ${JSON.stringify(step).slice(0, 80)}`);
  if (verb === "walk") {
    const walk = step as WalkStep;
    return { ...walk, after_first: walk.after_first?.map((inner) => toStep(inner, given, report)) ?? [] };
  }
  if (verb !== "given") return step;
  const { given: name, with: values } = step as GivenStep;
  const found = given[name];
  if (found === undefined) report(`given.yaml has no "${name}"`);
  const steps = (found?.steps ?? []).map((inner) => toStep(inner, given, report));
  return { given: name, with: { ...found?.with, ...values }, steps };
}

/** What kind of step it is: the key that says what to do. */
export function verbOf(step: Step): string | undefined {
  return VERBS.find((verb) => verb in step);
}
