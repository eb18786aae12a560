import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Faults, optional, record, YamlFile } from "@theseus/runtime/schema";
import { z } from "zod";
import { type Case, caseEntry, type Peers } from "./case.js";
import { sentFields } from "./expected.js";
import { type Beginning, readSteps, type StepReading, type StepSchemas, schemasOf } from "./step-reader.js";

/** Schemas of what only cases of one service can say. */
export interface WorldSchema {
  readonly steps: StepSchemas;
  /** Absent where nobody is played. */
  readonly peers?: z.ZodType<Peers>;
}

export interface CaseReading {
  /** The folder `cases`. */
  readonly folder: string;
  readonly world: WorldSchema;
  readonly faults: Faults;
}

/** Reads the cases of a service, those of all services (`protocol`), and those of a folder that is no part of the suite. */
export function readCases(service: string, reading: CaseReading, more?: string): readonly Case[] {
  const cases = [service, "protocol"].flatMap((name) => readFolder(name, reading));
  if (more !== undefined)
    for (const file of caseFilesIn(more))
      cases.push(...readFile(file, new Map(), { ...reading, folder: more }));
  const names = new Set<string>();
  for (const { name, place } of cases) {
    if (names.has(name)) reading.faults.add(place, `there is another case ${name}`);
    names.add(name);
  }
  return cases;
}

function readFolder(name: string, reading: CaseReading): readonly Case[] {
  const folder = join(reading.folder, name);
  if (!existsSync(folder)) return [];
  const beginnings = readBeginnings(name, reading);
  const cases = caseFilesIn(folder).flatMap((file) => readFile(`${name}/${file}`, beginnings, reading));
  for (const { name: found, place } of cases)
    if (!found.startsWith(`${name}/`)) reading.faults.add(place, `the name must begin with ${name}/`);
  return cases;
}

function caseFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && file !== "given.yaml")
    .sort();
}

const beginningsFile = z.record(
  z.string(),
  record({ with: optional(sentFields), steps: z.array(z.unknown()).min(1) }),
);

/** given.yaml: what cases of a folder can begin with, each perhaps with one that stands above it. */
function readBeginnings(name: string, reading: CaseReading): ReadonlyMap<string, Beginning> {
  const beginnings = new Map<string, Beginning>();
  if (!existsSync(join(reading.folder, name, "given.yaml"))) return beginnings;
  const file = open(`${name}/given.yaml`, reading);
  const entries = file.read(beginningsFile) ?? {};
  const steps = { file, schemas: schemasOf(reading.world.steps), beginnings };
  for (const [key, { with: variables = {}, steps: inner }] of Object.entries(entries))
    beginnings.set(key, { variables, steps: readSteps(inner, [key, "steps"], steps) });
  return beginnings;
}

function readFile(
  path: string,
  beginnings: ReadonlyMap<string, Beginning>,
  reading: CaseReading,
): readonly Case[] {
  const file = open(path, reading);
  const entries = file.read(z.array(z.unknown())) ?? [];
  const { world } = reading;
  const steps = { file, schemas: schemasOf(world.steps), beginnings };
  return entries.flatMap((entry, index) => readCase(entry, index, steps, world) ?? []);
}

function readCase(entry: unknown, index: number, reading: StepReading, world: WorldSchema): Case | undefined {
  const { file } = reading;
  const found = file.check(caseEntry, entry, [index]);
  // The steps are read although something else of the case is wrong: all faults are told at once.
  const inner = (entry as { steps?: unknown } | null)?.steps;
  const steps = readSteps(Array.isArray(inner) ? inner : [], [index, "steps"], reading);
  if (found === undefined) return undefined;
  const { case: name, says, clauses = [], needs = [], environment = {} } = found;
  const peers = readPeers(found.peers, index, file, world);
  return { name, says, clauses, needs, peers, environment, steps, place: file.place([index]) };
}

function readPeers(peers: unknown, index: number, file: YamlFile, { peers: schema }: WorldSchema): Peers {
  if (peers === undefined) return {};
  if (schema !== undefined) return file.check(schema, peers, [index, "peers"]) ?? {};
  file.report([index, "peers"], "nobody is played around this service");
  return {};
}

function open(path: string, { folder, faults }: CaseReading): YamlFile {
  return new YamlFile(join(folder, path), `cases/${path}`, faults);
}
