import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildImplementation, Fault, findImplementation } from "@theseus/runtime";
import { Faults } from "@theseus/runtime/schema";
import { type Command, InvalidArgumentError } from "commander";
import type { Case } from "../cases/case.js";
import { loadContract } from "../contract/contract.js";
import { findWorld } from "../run/find-world.js";
import { readSuite } from "../run/load-suite.js";
import { listenForStop } from "../run/stop-asked.js";
import { assertNoFaults } from "../schema/suite-file-error.js";
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
    .option("--jobs <number>", "mutants at once", count, 6)
    .option("--json <file>", "write the results as JSON")
    .option("--why", "also tell what the cases found", false)
    .option("--find-killers", "run all cases against each and only tell which fail", false)
    .option("--no-build", "do not build the TypeScript implementations first")
    .action(async (flags: MutantsFlags) => surroundings.settle(await perform(flags, surroundings)));
}

async function perform(
  flags: MutantsFlags,
  { folder, checkout, services, write }: Surroundings,
): Promise<number> {
  const wanted = services.filter((service) => flags.service === undefined || service === flags.service);
  const { mutants: all, cases } = await load(folder, wanted);
  const mutants = all.filter(({ name }) => flags.mutant === undefined || name === flags.mutant);
  if (mutants.length === 0)
    throw new Fault(`There is no mutant ${flags.mutant ?? ""}.`, "conformance/mutants lists them.");
  // One build builds them all: they are parts of one project.
  const [first] = wanted;
  if (flags.build && first !== undefined)
    await buildImplementation(findImplementation(checkout, first, "typescript"), process.env);
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

function oneOf(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text;
    throw new InvalidArgumentError(`It must be one of ${names.join(", ")}.`);
  };
}

function count(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 to 99.");
  return Number(text);
}
