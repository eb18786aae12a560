import type { Command } from "commander";
import { parseCalls, parseCount, parseList, parseReceiver, parseRounds } from "../arguments.js";
import type { CostFlags } from "./cost.js";

interface CostCommandOptions {
  /** Their names, for the help. */
  readonly services: string;
  readonly env: NodeJS.ProcessEnv;
  readonly finish: (code: number) => void;
}

/** Adds `theseus cost`. What it imports is imported when it is called: the other commands answer sooner without it. */
export function addCostCommand(program: Command, { services, env, finish }: CostCommandOptions): void {
  program
    .command("cost")
    .description("measure the processor time of each call, by process, on a shop of its own (Linux)")
    .option("--service <service>", `compare two implementations of it: ${services}`)
    .option(
      "--impl <old,new>",
      "the two, such as typescript,go; a shop for each, measured in turns",
      parseList,
    )
    .option(
      "--telemetry <url>",
      "compare a shop that tells this receiver of OTLP with one that tells nobody",
      parseReceiver,
    )
    .option(
      "--rounds <number>",
      "how often all is measured; the more, the narrower the intervals",
      parseRounds,
      8,
    )
    .option("--warm-up <number>", "rounds before, which do not count", parseCount, 3)
    .option("--calls <number>", "how often each call is made in a round, 1 to 300", parseCalls, 200)
    .option("--mix <file>", "the journeys, in YAML or JSON; shop/load/cost.yaml by default")
    .option("--json", "the report as JSON")
    .option("--report <file>", "write the report as JSON, too")
    .addHelpText(
      "after",
      "\nThe clock of a process has steps of 10 ms. Ctrl-C ends it after the round that is under way, with a report.",
    )
    .action(async (flags: CostFlags) => finish(await (await import("./cost.js")).cost(flags, env)));
}
