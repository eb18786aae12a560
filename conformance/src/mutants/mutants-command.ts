import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildImplementation, Fault, findImplementation } from "@theseus/runtime";
import { Faults } from "@theseus/runtime/schema";
import type { Command } from "commander";
import type { Case } from "../cases/case.js";
import { loadContract } from "../contract/contract.js";
import { count, oneOf, wholeNumber } from "../flags.js";
import { findWorld } from "../run/find-world.js";
import { readSuite } from "../run/load-suite.js";
import { listenForStop } from "../run/stop-asked.js";
import { assertNoFaults } from "../schema/suite-file-error.js";
import { LEAST_PERCENT, scoreByDiffer } from "./by-differ/score.js";
import type { Mutant } from "./mutant.js";
import { readMutants } from "./mutant-file.js";
import { runMutants } from "./run-mutants.js";

interface Surroundings {
  /** The suite's own folder, with `cases` and `mutants`. */
  readonly folder: string;
  readonly checkout: string;
  readonly services: readonly string[];
  write(line: string): void;
  /** Told the exit code. */
  settle(code: number): void;
}

interface MutantsFlags {
  readonly service?: string;
  readonly mutant?: string;
  readonly jobs: number;
  readonly build: boolean;
  readonly findKillers: boolean;
  readonly byDiffer: boolean;
  readonly minutes: number;
  readonly seed: number;
  readonly share: number;
  readonly why: boolean;
  readonly json?: string;
}

/** Adds `mutants`, which proves the suite by implementations that are wrong on purpose. */
export function addMutantsCommand(program: Command, surroundings: Surroundings): void {
  const { services } = surroundings;
  program
    .command("mutants")
    .description("hold implementations that are wrong in one thing against the cases that must find it")
    .option("--service <name>", `only those of a service: ${services.join(", ")}`, oneOf(services))
    .option("--mutant <name>", "only one, by its name in mutants/<service>.yaml")
    .option("--jobs <number>", "mutants at once, as far as the machine has time for them", count, 8)
    .option("--json <file>", "write the results as JSON")
    .option("--share <number>", "one of so many, which the seed chooses", count, 1)
    .option("--why", "also tell what the cases found", false)
    .option("--find-killers", "run all cases against each and only tell which fail", false)
    .option(
      "--by-differ",
      "without any case: hold those that show in answers against the right implementation",
      false,
    )
    .option("--minutes <number>", "of --by-differ: how long for the mutants of one service", count, 10)
    .option(
      "--seed <number>",
      "of --share: choice of the mutants; of --by-differ: of the calls",
      wholeNumber,
      Math.floor(Math.random() * 2 ** 31),
    )
    .option("--no-build", "do not build the TypeScript implementations first")
    .action(async (flags: MutantsFlags) => surroundings.settle(await perform(flags, surroundings)));
}

async function perform(
  flags: MutantsFlags,
  { folder, checkout, services, write }: Surroundings,
): Promise<number> {
  const wanted = services.filter((service) => flags.service === undefined || service === flags.service);
  const { mutants: all, cases } = await load(folder, wanted);
  const named = all.filter(({ name }) => flags.mutant === undefined || name === flags.mutant);
  if (named.length === 0)
    throw new Fault(`There is no mutant ${flags.mutant ?? ""}.`, "conformance/mutants lists them.");
  const mutants = shareOf(named, flags);
  if (mutants.length < named.length)
    write(`${mutants.length} of ${named.length} mutants, seed ${flags.seed}`);
  // One build builds them all: they are parts of one project.
  const [first] = wanted;
  if (flags.build && first !== undefined)
    await buildImplementation(findImplementation(checkout, first, "typescript"), { env: process.env });
  if (flags.byDiffer) return performByDiffer(flags, mutants, { checkout, write });
  const defaultsOf = flags.mutant === undefined && !flags.findKillers ? wanted : [];
  const { jobs, findKillers, why } = flags;
  const contract = loadContract();
  using stop = listenForStop();
  const results = await runMutants({
    isOver: () => stop.code !== undefined,
    contract,
    checkout,
    mutants,
    cases,
    defaultsOf,
    jobs,
    findKillers,
    why,
    write,
  });
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify({ results }, null, 2)}\n`);
  if (stop.code !== undefined) return stop.code;
  return results.every(({ outcome }) => outcome === "passed") ? 0 : 1;
}

/** Each name is in or out by itself and the seed: a new mutant changes nothing for the others. */
function shareOf(mutants: readonly Mutant[], { share, seed }: MutantsFlags): readonly Mutant[] {
  const lot = (name: string) => createHash("sha256").update(`${seed} ${name}`).digest().readUInt32LE(0);
  return mutants.filter(({ name }) => lot(name) % share === 0);
}

/** Each service's mutants for themselves; 0 when enough of each are killed. */
async function performByDiffer(
  { minutes, seed, jobs, json }: MutantsFlags,
  mutants: readonly Mutant[],
  { checkout, write }: Pick<Surroundings, "checkout" | "write">,
): Promise<number> {
  const contract = loadContract();
  using stop = listenForStop();
  const results: { name: string; outcome: "passed" | "failed" }[] = [];
  for (const service of new Set(mutants.map((mutant) => mutant.service))) {
    const shown = mutants.filter((each) => each.service === service && each.beyondAnswers === undefined);
    const beyond = mutants.filter((each) => each.service === service).length - shown.length;
    write(`${service}: ${shown.length} mutants, seed ${seed}; ${beyond} more show in no answer`);
    const run = { contract, checkout, mutants: shown, seed, minutes, jobs, write };
    const score = await scoreByDiffer({ ...run, isOver: () => stop.code !== undefined });
    if (stop.code !== undefined) return stop.code;
    const percent = (100 * score.killed.length) / shown.length;
    write(`${service}: ${score.killed.length} of ${shown.length} killed, ${percent.toFixed(1)} %`);
    const isGood = percent >= LEAST_PERCENT && !score.isConfused && score.broken.length === 0;
    results.push({ name: `${service}: mutants killed by differ`, outcome: isGood ? "passed" : "failed" });
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ results }, null, 2)}\n`);
  return results.every(({ outcome }) => outcome === "passed") ? 0 : 1;
}

/** Mutants and cases of services; all faults of both kinds of files are told at once. */
async function load(folder: string, services: readonly string[]) {
  const faults = new Faults();
  const mutants = readMutants(join(folder, "mutants"), faults);
  const cases = new Map<string, readonly Case[]>();
  for (const service of services)
    cases.set(service, readSuite(service, await findWorld(service), { folder, faults }).cases);
  assertNoFaults(faults);
  return { mutants: mutants.filter(({ service }) => services.includes(service)), cases };
}
