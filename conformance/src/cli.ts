import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "@theseus/runtime";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { addDifferCommand } from "./differ/differ-command.js";
import { oneOf, wholeNumber } from "./flags.js";
import { addMutantsCommand } from "./mutants/mutants-command.js";
import { addMutationCommand } from "./mutation/mutation-command.js";
import { findWorld, servicesWithWorlds } from "./run/find-world.js";
import { loadSuite } from "./run/load-suite.js";
import { type RunFlags, runSuite } from "./run/run-suite.js";
import { SuiteFileError } from "./schema/suite-file-error.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const checkout = join(folder, "..");
const services = servicesWithWorlds();
const write = (line: string): void => console.log(line);

/** Runs the command line; 0 when all is well, 1 when an implementation is not, 2 when it was asked for wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("theseus-conformance")
    .description("Holds an implementation of a service against the contract, case by case.")
    .exitOverride();
  program
    .command("run")
    .description("run the cases of a service against one of its implementations")
    .requiredOption("--service <name>", `one of ${services.join(", ")}`, oneOf(services))
    .option(
      "--impl <language>",
      "the implementation in services/<service>/<language>, or in a folder (./path)",
    )
    .option(
      "--handover <from,to>",
      "two implementations: the cases that restart their target, which hands over to the other",
    )
    .option(
      "--target <host:port>",
      "an implementation that somebody else runs; cases that restart it are skipped",
    )
    .option("--case <glob>", "only cases whose names fit, such as protocol/health/*")
    .option("--cases <folder>", "also the cases in the YAML files of this folder, such as a shadow has saved")
    .option("--seed <number>", "order of the cases", wholeNumber, Math.floor(Math.random() * 2 ** 31))
    .option("--jobs <number>", "cases at once, as far as the machine has time for them; 8", wholeNumber)
    .option("--rounds <number>", "run them so many times, each in another order", parseCount, 1)
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--json <file>", "write the results as JSON")
    .option("--no-build", "do not build the implementation first")
    .action(async (flags: RunFlags) => {
      code = await runSuite(flags, { folder, checkout, write });
    });
  program
    .command("list")
    .description("list the cases of a service")
    .requiredOption("--service <name>", `one of ${services.join(", ")}`, oneOf(services))
    .action(async ({ service }: { service: string }) => {
      const { cases } = loadSuite(folder, service, await findWorld(service));
      for (const { name, says } of cases) console.log(`${name}  ${says}`);
    });
  const settle = (result: number) => {
    code = result;
  };
  addDifferCommand(program, { checkout, services, write, settle });
  addMutantsCommand(program, { folder, checkout, services, write, settle });
  addMutationCommand(program, { folder, checkout, services, write, settle });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof SuiteFileError || error instanceof Fault)) throw error;
    console.error(error.message);
    return 2;
  }
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number from 1 to 9999.");
  return Number(text);
}
