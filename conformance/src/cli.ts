import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildImplementation, Fault, findImplementation, type Implementation } from "@theseus/mesh/runtime";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { openBench } from "./bench.js";
import { CaseFileError, loadCases } from "./case-file.js";
import { loadClauses, unknownClauses } from "./clauses.js";
import { type Contract, loadContract, serviceName } from "./contract.js";
import { CoverageCounter, wantedOf } from "./coverage.js";
import { coverageFaults, loadExceptions } from "./exceptions.js";
import { addMutantsCommand } from "./mutants/mutants-command.js";
import { tellFailures, tellResult } from "./report/console-report.js";
import { toJunit } from "./report/junit.js";
import { type Bench, type CaseResult, runCases } from "./run-cases.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const checkout = join(folder, "..");
const JOBS = 6;
/** Passwords keep two cores busy: more would wait for each other until their deadlines are over. */
const USER_JOBS = 2;
const services = ["user", "inventory", "payment"];

interface RunFlags {
  readonly service: string;
  readonly impl?: string;
  readonly handover?: string;
  readonly target?: string;
  readonly case?: string;
  readonly seed: number;
  readonly jobs?: number;
  readonly junit?: string;
  readonly json?: string;
  readonly build: boolean;
}

/** Runs the command line; 0 when all is well, 1 when an implementation is not, 2 when it was asked for wrongly. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("theseus-conformance")
    .description("Holds an implementation of a service against the contract, case by case.")
    .exitOverride();
  program
    .command("run")
    .description("run the cases of a service against one of its implementations")
    .requiredOption("--service <name>", `one of ${services.join(", ")}`, parseService)
    .option("--impl <language>", "the implementation in services/<service>/<language>")
    .option(
      "--handover <from,to>",
      "two implementations: the cases that restart their target, which hands over to the other",
    )
    .option(
      "--target <host:port>",
      "an implementation that somebody else runs; cases that restart it are skipped",
    )
    .option("--case <glob>", "only cases whose names fit, such as payment/create/*")
    .option("--seed <number>", "order of the cases", parseNumber, Math.floor(Math.random() * 2 ** 31))
    .option("--jobs <number>", "cases at once; 6, of user 2", parseNumber)
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--json <file>", "write the results as JSON")
    .option("--no-build", "do not build the implementation first")
    .action(async (flags: RunFlags) => {
      code = await run(flags);
    });
  program
    .command("list")
    .description("list the cases of a service")
    .requiredOption("--service <name>", `one of ${services.join(", ")}`, parseService)
    .action(({ service }: { service: string }) => {
      for (const { name, says } of loadCases(join(folder, "cases"), service)) console.log(`${name}  ${says}`);
    });
  addMutantsCommand(program, {
    folder,
    checkout,
    services,
    write: (line) => console.log(line),
    settle: (result) => {
      code = result;
    },
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CaseFileError || error instanceof Fault)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(flags: RunFlags): Promise<number> {
  const started = performance.now();
  const contract = loadContract();
  const all = loadCases(join(folder, "cases"), flags.service);
  const unknown = unknownClauses(all, loadClauses(join(folder, "clauses.yaml"), flags.service));
  if (unknown.length > 0) throw new CaseFileError(unknown);
  const cases = all.filter(
    ({ name, needs }) =>
      fits(name, flags.case ?? "*") && (flags.handover === undefined || needs.includes("restart")),
  );
  if (cases.length === 0)
    throw new Fault(`No case fits ${flags.case}.`, "theseus-conformance list names them.");
  const counter = new CoverageCounter(serviceName(contract, flags.service));
  const bench = await open(flags, contract);
  const report = { repeat: repeatCommand(flags), write: (line: string) => console.log(line) };
  console.log(`${cases.length} cases against ${bench.shared.label}, seed ${flags.seed}`);
  try {
    const results = await runCases(cases, bench, {
      seed: flags.seed,
      jobs: flags.jobs ?? (flags.service === "user" ? USER_JOBS : JOBS),
      observe: (observation) => counter.observe(observation),
      onResult: (result) => {
        if (result.outcome === "passed") counter.passed(result.test);
        tellResult(result, report);
      },
    });
    tellFailures(results, report);
    write(flags, bench, results);
    const complete =
      flags.case === undefined &&
      flags.handover === undefined &&
      !results.some(({ outcome }) => outcome === "skipped");
    const gaps = complete ? coverageGaps(contract, flags.service, counter) : [];
    for (const gap of gaps) console.log(`  ${gap}`);
    return conclude(results, gaps, performance.now() - started);
  } finally {
    await bench[Symbol.asyncDispose]();
  }
}

function coverageGaps(contract: Contract, service: string, counter: CoverageCounter): readonly string[] {
  const wanted = wantedOf(
    contract,
    serviceName(contract, service),
    loadClauses(join(folder, "clauses.yaml"), service),
  );
  const exceptions = loadExceptions(join(folder, "exceptions.yaml"), service);
  const gaps = coverageFaults({ wanted, shown: counter.shown }, exceptions);
  const shown = wanted.length - wanted.filter((line) => !counter.shown.has(line)).length;
  const excused = exceptions.length === 0 ? "" : `, ${exceptions.length} argued exceptions`;
  console.log(
    `\ncoverage: ${shown} of ${wanted.length} (${((100 * shown) / wanted.length).toFixed(1)} %)${excused}`,
  );
  return gaps;
}

function conclude(results: readonly CaseResult[], gaps: readonly string[], ms: number): number {
  const count = (outcome: CaseResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  console.log(
    `${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped in ${(ms / 1000).toFixed(1)} s`,
  );
  return count("failed") === 0 && gaps.length === 0 ? 0 : 1;
}

async function open(flags: RunFlags, contract: Contract): Promise<Bench & AsyncDisposable> {
  const { service, target } = flags;
  if (target !== undefined) {
    const shared = {
      address: target,
      label: `${service} at ${target}`,
      [Symbol.asyncDispose]: async () => undefined,
    };
    return {
      contract,
      service: serviceName(contract, service),
      shared,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const languages = flags.handover?.split(",") ?? [flags.impl ?? "typescript"];
  const found = languages.map((language) => findImplementation(checkout, service, language));
  if (flags.build) for (const implementation of found) await buildImplementation(implementation, process.env);
  return openBench({ contract, service, implementations: found as [Implementation, ...Implementation[]] });
}

function repeatCommand({ service, impl, handover, target }: RunFlags): string {
  const which = target
    ? `--target ${target}`
    : handover
      ? `--handover ${handover}`
      : `--impl ${impl ?? "typescript"}`;
  return `npx theseus-conformance run --service ${service} ${which} --case %s`;
}

function write({ junit, json }: RunFlags, bench: Bench, results: readonly CaseResult[]): void {
  if (junit !== undefined) writeFileSync(junit, toJunit(bench.shared.label, results));
  if (json === undefined) return;
  const rows = results.map(({ test, outcome, ms, why }) => ({ name: test.name, outcome, ms, why }));
  writeFileSync(json, `${JSON.stringify({ target: bench.shared.label, results: rows }, null, 2)}\n`);
}

function fits(name: string, glob: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}

function parseService(text: string): string {
  if (!services.includes(text)) throw new InvalidArgumentError(`It must be one of ${services.join(", ")}.`);
  return text;
}

function parseNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
