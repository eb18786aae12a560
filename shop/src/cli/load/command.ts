import type { Home } from "@theseus/runtime/control";
import { type Command, Option } from "commander";
import { parseCount, parseDuration, parsePositive, parseRate } from "../arguments.js";
import type { LoadFlags } from "./load.js";

interface LoadCommandOptions {
  readonly home: Home;
  readonly finish: (code: number) => void;
}

/** Adds `theseus load`. What it imports is imported when it is called: the other commands answer sooner without it. */
export function addLoadCommand(program: Command, { home, finish }: LoadCommandOptions): void {
  program
    .command("load")
    .description("let visitors come to the shop that runs, at a rate, and say what became of them")
    .option("--rate <number>", "journeys that begin a second, by chance, on average", parseRate, 20)
    .addOption(
      new Option("--for <time>", "how long: 30s, 5m, 2h (Ctrl-C ends it earlier)")
        .argParser(parseDuration)
        .default(60_000, "1m"),
    )
    .option(
      "--mix <file>",
      "the journeys and their weights, in YAML or JSON; shop/load/usual.yaml by default",
    )
    .option(
      "--in-flight <number>",
      "journeys that may be under way; what is due beyond is not sent",
      parsePositive,
      256,
    )
    .option("--seed <number>", "the same arrivals, journeys and items again", parseCount)
    .option("--json", "a line of JSON a second, and the report as the last")
    .option("--report <file>", "write the report as JSON, too")
    .addHelpText(
      "after",
      "\nIt ends with 0 when all was sent and nothing failed, else with 1. A refusal that a journey expects is no failure.",
    )
    .action(async (flags: LoadFlags) => finish(await (await import("./load.js")).load(home, flags)));
}
