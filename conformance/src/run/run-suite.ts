import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contract } from "@theseus/kit/contract";
import {
  buildImplementation,
  Fault,
  findImplementation,
  type Implementation,
  readImplementation,
} from "@theseus/runtime";
import type { Case } from "../cases/case.js";
import { loadContract, serviceName } from "../contract/contract.js";
import { CoverageCounter, wantedOf } from "../coverage/coverage.js";
import { coverageFaults } from "../coverage/exceptions.js";
import type { CaseResult } from "../report/case-result.js";
import { tellFailures, tellResult } from "../report/console-report.js";
import { toJunit } from "../report/junit.js";
import { findWorld } from "./find-world.js";
import { loadSuite, type Suite } from "./load-suite.js";
import { openTestBed, variablesOf } from "./open-test-bed.js";
import { runCases } from "./run-cases.js";
import { listenForStop, type StopAsked } from "./stop-asked.js";
import type { OwnedTestBed, TestBed } from "./test-bed.js";
import type { World } from "./world.js";

/** Cases at once, where the command line does not say otherwise. */
const JOBS = 8;

export interface RunFlags {
  readonly service: string;
  readonly impl?: string;
  readonly handover?: string;
  readonly target?: string;
  readonly case?: string;
  readonly cases?: string;
  readonly seed: number;
  readonly rounds: number;
  readonly jobs?: number;
  readonly junit?: string;
  readonly json?: string;
  readonly build: boolean;
}

interface Surroundings {
  /** The suite's own folder, with `cases` and `mutants`. */
  readonly folder: string;
  /** The folder with `services`, where implementations are looked for. */
  readonly checkout: string;
  write(line: string): void;
}

interface SuiteRun extends Surroundings {
  readonly flags: RunFlags;
  readonly contract: Contract;
  readonly world: World;
  readonly suite: Suite;
  /** Those of the suite that the flags name. */
  readonly cases: readonly Case[];
}

/** Runs the cases that the flags name, as often as they say; the exit code. */
export async function runSuite(flags: RunFlags, surroundings: Surroundings): Promise<number> {
  const world = await findWorld(flags.service);
  const suite = loadSuite(surroundings.folder, flags.service, world, flags.cases);
  const cases = chooseCases(suite, flags);
  const run = { ...surroundings, flags, contract: loadContract(), world, suite, cases };
  if (flags.build)
    for (const each of implementationsOf(run)) await buildImplementation(each, { env: process.env });
  using stop = listenForStop();
  let failed = 0;
  for (let round = 0; round < flags.rounds; round += 1) {
    if ((await runRound(run, flags.seed + round, stop)) !== 0) failed += 1;
    if (stop.code !== undefined) return stop.code;
  }
  if (flags.rounds > 1) run.write(`\n${flags.rounds} rounds, ${failed} of them with a failure`);
  return failed === 0 ? 0 : 1;
}

function chooseCases(suite: Suite, flags: RunFlags): readonly Case[] {
  if (flags.rounds > 1 && (flags.json !== undefined || flags.junit !== undefined))
    throw new Fault("--json and --junit hold the results of one round.", "Leave them out, or --rounds.");
  const cases = suite.cases.filter(
    ({ name, needs }) =>
      fits(name, flags.case ?? "*") && (flags.handover === undefined || needs.includes("restart")),
  );
  if (cases.length > 0) return cases;
  throw new Fault(`No case fits ${flags.case}.`, "theseus-conformance list names them.");
}

async function runRound(run: SuiteRun, seed: number, stop: StopAsked): Promise<number> {
  const { flags, contract, cases, write } = run;
  const started = performance.now();
  const counter = new CoverageCounter(contract, serviceName(contract, flags.service));
  const bed = await open(run);
  const report = { repeat: repeatCommand(flags), write };
  write(`${cases.length} cases against ${bed.shared.label}, seed ${seed}`);
  try {
    const results = await runCases(cases, bed, {
      seed,
      jobs: flags.jobs ?? JOBS,
      observe: (observation) => counter.observe(observation),
      isOver: () => stop.code !== undefined,
      onResult: (result) => {
        if (result.outcome === "passed") counter.passed(result.test);
        tellResult(result, report);
      },
    });
    tellFailures(results, report);
    keep(flags, bed, results);
    const complete =
      results.length === cases.length &&
      flags.case === undefined &&
      flags.handover === undefined &&
      !results.some(({ outcome }) => outcome === "skipped");
    const gaps = complete ? coverageGaps(run, counter) : [];
    for (const gap of gaps) write(`  ${gap}`);
    write(toLine(results, performance.now() - started));
    return gaps.length === 0 && results.every(({ outcome }) => outcome !== "failed") ? 0 : 1;
  } finally {
    await bed[Symbol.asyncDispose]();
  }
}

function coverageGaps(run: SuiteRun, counter: CoverageCounter): readonly string[] {
  const { contract, flags, write } = run;
  const { clauses, exceptions } = run.suite;
  const wanted = wantedOf(contract, serviceName(contract, flags.service), clauses);
  const shown = wanted.filter((line) => counter.shown.has(line)).length;
  const argued = wanted.filter(
    (line) => !counter.shown.has(line) && exceptions.some((exception) => exception.line === line),
  ).length;
  const percent = ((100 * (shown + argued)) / wanted.length).toFixed(1);
  write(
    `\ncoverage: ${percent} %: ${shown} of ${wanted.length} shown by cases, ${argued} argued in exceptions.yaml`,
  );
  return coverageFaults({ wanted, shown: counter.shown }, exceptions);
}

function toLine(results: readonly CaseResult[], ms: number): string {
  const count = (wanted: CaseResult["outcome"]) => results.filter(({ outcome }) => outcome === wanted).length;
  return `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped in ${(ms / 1000).toFixed(1)} s`;
}

async function open(run: SuiteRun): Promise<OwnedTestBed> {
  const { contract, world, flags } = run;
  const { service, target } = flags;
  const implementations = implementationsOf(run);
  if (target === undefined)
    return openTestBed({ contract, service, world, implementations: implementations as [Implementation] });
  const dispose = async () => undefined;
  const shared = { address: target, label: `${service} at ${target}`, [Symbol.asyncDispose]: dispose };
  const [name, variables] = [serviceName(contract, service), variablesOf(world)];
  return { contract, service: name, variables, shared, [Symbol.asyncDispose]: dispose };
}

function implementationsOf({ flags, checkout }: SuiteRun): readonly Implementation[] {
  if (flags.target !== undefined) return [];
  const languages = flags.handover?.split(",") ?? [flags.impl ?? "typescript"];
  return languages.map((named) => implementationOf(checkout, flags.service, named));
}

/** One that is named by a path lies there, wherever that is. */
function implementationOf(checkout: string, service: string, named: string): Implementation {
  if (!named.includes("/")) return findImplementation(checkout, service, named);
  const implementation = readImplementation(join(named, "implementation.json"));
  if (implementation.name === service) return implementation;
  throw new Fault(`${named} is an implementation of ${implementation.name}.`, `Name one of ${service}.`);
}

function repeatCommand({ service, impl, handover, target }: RunFlags): string {
  const which = target
    ? `--target ${target}`
    : handover
      ? `--handover ${handover}`
      : `--impl ${impl ?? "typescript"}`;
  return `npx theseus-conformance run --service ${service} ${which} --case %s`;
}

function keep({ junit, json }: RunFlags, bed: TestBed, results: readonly CaseResult[]): void {
  if (junit !== undefined) writeFileSync(junit, toJunit(bed.shared.label, results));
  if (json === undefined) return;
  const rows = results.map(({ test, outcome, ms, why }) => ({
    name: test.name,
    outcome,
    ms,
    why,
    clauses: test.clauses,
  }));
  writeFileSync(json, `${JSON.stringify({ target: bed.shared.label, results: rows }, null, 2)}\n`);
}

function fits(name: string, glob: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}
