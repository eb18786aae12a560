import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Contract } from "@theseus/kit/contract";
import { buildImplementation, Fault, findImplementation, implementationsOf } from "@theseus/runtime";
import { Faults } from "@theseus/runtime/schema";
import type { Command } from "commander";
import { loadContract } from "../contract/contract.js";
import { oneOf, wholeNumber } from "../flags.js";
import { createMutantPool } from "../mutants/mutant-pool.js";
import { findWorld } from "../run/find-world.js";
import { readSuite } from "../run/load-suite.js";
import { listenForStop, type StopAsked } from "../run/stop-asked.js";
import { assertNoFaults } from "../schema/suite-file-error.js";
import { readEquivalents } from "./equivalents.js";
import { findLanguage } from "./languages/find-language.js";
import { measure } from "./measure.js";
import { figuresLine, type MutationFigures, toFigures, verdictLine } from "./mutation-report.js";

interface Surroundings {
  /** The suite's own folder, with `cases` and `mutants`. */
  readonly folder: string;
  readonly checkout: string;
  readonly services: readonly string[];
  write(line: string): void;
  /** Told the exit code. */
  settle(code: number): void;
}

interface MutationFlags {
  readonly service?: string;
  readonly impl?: string;
  readonly file?: string;
  readonly sample: number;
  readonly seed: number;
  readonly first: number;
  readonly minutes: number;
  readonly goal: number;
  readonly jobs: number;
  readonly cases: number;
  readonly out?: string;
  readonly build: boolean;
}

/** Adds `mutation`, which measures the suite by changes that mutation tools make to implementations. */
export function addMutationCommand(program: Command, surroundings: Surroundings): void {
  const { services } = surroundings;
  program
    .command("mutation")
    .description("change implementations as mutation tools do, and count the changes that a case finds")
    .option("--service <name>", `only one of ${services.join(", ")}`, oneOf(services))
    .option("--impl <language>", "only implementations in this language")
    .option("--file <part>", "only changes to source files whose names have this part")
    .option("--sample <number>", "changes of each implementation that are to run", wholeNumber, 40)
    .option("--seed <number>", "choice of the changes", wholeNumber, Math.floor(Math.random() * 2 ** 31))
    .option(
      "--first <number>",
      "place in that order to begin with: how an earlier run goes on",
      wholeNumber,
      0,
    )
    .option("--minutes <number>", "how long for each implementation at the most", wholeNumber, 60)
    .option("--goal <percent>", "the least share that must be found in each", wholeNumber, 80)
    .option("--jobs <number>", "changed implementations at once", wholeNumber, 2)
    .option("--cases <number>", "cases at once against each", wholeNumber, 4)
    .option("--out <folder>", "where figures are written; .theseus/proof in the checkout")
    .option("--no-build", "do not build the implementations first")
    .action(async (flags: MutationFlags) => surroundings.settle(await perform(flags, surroundings)));
}

interface Subject {
  readonly service: string;
  readonly language: string;
}

async function perform(flags: MutationFlags, surroundings: Surroundings): Promise<number> {
  const { checkout, write } = surroundings;
  const contract = loadContract();
  using stop = listenForStop();
  const all: MutationFigures[] = [];
  for (const subject of subjectsOf(flags, surroundings)) {
    if (stop.code !== undefined) break;
    const figures = await measureOne(subject, { ...surroundings, flags, contract, stop });
    if (figures !== undefined) all.push(figures);
  }
  write("");
  for (const figures of all) {
    write(figuresLine(figures));
    for (const entry of figures.stale) write(`  the list of equivalents has what is no mutant: ${entry}`);
  }
  const out = flags.out ?? join(checkout, ".theseus", "proof");
  mkdirSync(out, { recursive: true, mode: 0o700 });
  writeFileSync(join(out, "mutation.json"), `${JSON.stringify(all, null, 2)}\n`);
  return stop.code ?? (all.every(({ score, stale }) => score >= flags.goal && stale.length === 0) ? 0 : 1);
}

function subjectsOf({ service, impl }: MutationFlags, { services, checkout }: Surroundings) {
  const subjects = services
    .filter((name) => service === undefined || name === service)
    .flatMap((name): readonly Subject[] =>
      implementationsOf(join(checkout, "services", name)).map((language) => ({ service: name, language })),
    )
    .filter(({ language }) => impl === undefined || language === impl);
  if (subjects.length > 0) return subjects;
  throw new Fault(`There is no implementation in ${impl}.`, "Leave --impl out, or name another language.");
}

interface Run extends Surroundings {
  readonly flags: MutationFlags;
  readonly contract: Contract;
  readonly stop: StopAsked;
}

async function measureOne(
  { service, language: name }: Subject,
  run: Run,
): Promise<MutationFigures | undefined> {
  const { checkout, folder, flags, write } = run;
  const language = await findLanguage(name);
  if (language === undefined) {
    write(`${service} (${name}): no tool changes this language here`);
    return undefined;
  }
  const implementation = findImplementation(checkout, service, name);
  if (flags.build) await buildImplementation(implementation, { env: process.env });
  const { cases, equivalents } = await load(service, name, folder);
  await using pool = createMutantPool(run.contract, checkout);
  const until = performance.now() + flags.minutes * 60_000;
  const { seed } = flags;
  write(`\n${service} (${name}), seed ${seed}`);
  const measured = await measure({
    ...{ service, checkout, implementation, language, pool, cases, equivalents, seed, write },
    first: flags.first,
    wanted: flags.sample,
    fits: ({ file }) => file.includes(flags.file ?? ""),
    jobs: flags.jobs,
    casesAtOnce: flags.cases,
    isOver: () => run.stop.code !== undefined || performance.now() > until,
    onVerdict: (verdict) => write(verdictLine(verdict)),
  });
  return toFigures({ service, implementation: name, tool: language.tool, seed }, measured);
}

async function load(service: string, language: string, folder: string) {
  const faults = new Faults();
  const { cases } = readSuite(service, await findWorld(service), { folder, faults });
  const name = `mutants/equivalent/${service}-${language}.yaml`;
  const equivalents = readEquivalents(join(folder, name), name, faults);
  assertNoFaults(faults);
  return { cases, equivalents };
}
