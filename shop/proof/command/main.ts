import { randomInt } from "node:crypto";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { composeObstacles } from "../../src/compose/check.js";
import { dockerIn } from "../../src/compose/docker.js";
import { checkout } from "../../test/system/shop.js";
import { proveCompose } from "../compose/prove-compose.js";
import { proveJourneys } from "../explain/journeys/prove-journeys.js";
import {
  type ExplainFigures,
  faultsOf as explainFaults,
  plantedFaults,
  provePlanted,
} from "../explain/prove-explain.js";
import { proveFaults } from "../faults.js";
import { proveOverload } from "../overload.js";
import { proveRollout } from "../rollout/prove-rollout.js";
import { faultsOf } from "../rollout/rollout-figures.js";
import { services, wholePlan } from "../rollout/rollout-plan.js";
import { proveSteady } from "../steady.js";
import { type Moment, moments, type Victim, victims } from "../swap/kills.js";
import { type Part, parts, proveSwap, faultsOf as swapFaults } from "../swap/prove-swap.js";
import { proveTraces, faultsOf as tracesFaults } from "../traces/prove-traces.js";
import { composePage } from "./compose-page.js";
import { explainPage } from "./explain-page.js";
import { faultsPage } from "./faults-page.js";
import { writeFigures } from "./figure-files.js";
import { flagsOf, type LanguageSet, languageSets } from "./language-sets.js";
import { overloadPage, steadyPage } from "./load-pages.js";
import { rolloutPage } from "./rollout-page.js";
import { swapPage } from "./swap-page.js";
import { tracesPage } from "./traces-page.js";
import { withShop } from "./with-shop.js";

interface CommonFlags {
  readonly set: LanguageSet | "both";
  readonly out: string;
}

/** Runs one proof and answers its exit code: 0 proved, 1 not, 2 wrong usage. */
export async function runProof(args: readonly string[]): Promise<number> {
  let proved = true;
  const finish = (result: boolean) => {
    proved &&= result;
  };
  try {
    await createProgram(finish).parseAsync([...args], { from: "user" });
    return proved ? 0 : 1;
  } catch (error) {
    // Commander has printed it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}

function createProgram(finish: (proved: boolean) => void): Command {
  const program = new Command("proof").description("Proofs over a running shop.").exitOverride();
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option("--set <set>", "languages of the services")
          .choices([...languageSets, "both"])
          .default("both"),
      )
      .addOption(outOption());

  command("faults", "kill and freeze processes while people buy: nothing is lost, nothing charged twice")
    .option("--seed <number>", "of faults and orders; random by default", parseWhole)
    .option("--duration <seconds>", "of faults, for each set", parseWhole, 600)
    .action(async (flags: CommonFlags & { seed?: number; duration: number }) => {
      const seed = flags.seed ?? randomInt(2 ** 31);
      await eachSet(flags, async (set) => finish(await faults(set, { ...flags, seed })));
    });
  command(
    "overload",
    "three times what the shop can do: it goes on doing most of that, and is well afterwards",
  )
    .option("--duration <seconds>", "of three times as much", parseWhole, 60)
    .action((flags: CommonFlags & { duration: number }) =>
      eachSet(flags, async (set) => finish(await overload(set, flags))),
    );
  command("steady", "the same load for minutes: no process grows")
    .option("--duration <seconds>", "of the load", parseWhole, 300)
    .option("--rate <visits>", "a second", parseWhole, 5)
    .action((flags: CommonFlags & { duration: number; rate: number }) =>
      eachSet(flags, async (set) => finish(await steady(set, flags))),
    );
  program
    .command("rollout")
    .description("each service scaled, started anew, replaced and taken back while people buy: no call fails")
    .option("--seed <number>", "of visitors; random by default", parseWhole)
    .option("--rate <visits>", "a second", parseWhole, wholePlan.visitsPerSecond)
    .addOption(outOption())
    .action(async (flags: { seed?: number; rate: number; out: string }) =>
      finish(await rollout({ seed: randomInt(2 ** 31), ...flags })),
    );
  program
    .command("swap")
    .description(
      "another implementation by evidence: in steps, with wrong candidates, and with kills in each stage",
    )
    .option("--seed <number>", "of visitors; random by default", parseWhole)
    .addOption(new Option("--part <part...>", "these alone").choices(parts).default(parts, "all"))
    .addOption(new Option("--victim <victim...>", "of the kills").choices(victims).default(victims, "each"))
    .addOption(new Option("--moment <moment...>", "of the kills").choices(moments).default(moments, "each"))
    .addOption(
      new Option("--service <service...>", "of there-and-back").choices(services).default(services, "each"),
    )
    .option("--long", "100,000 calls for one service instead of 20,000 for each")
    .addOption(outOption())
    .action(async (flags: Omit<SwapProof, "seed"> & { readonly seed?: number }) =>
      finish(await swap({ seed: randomInt(2 ** 31), ...flags })),
    );
  program
    .command("explain")
    .description("faults are planted one after the other: explain names each, and where to change it")
    .addOption(
      new Option("--fault <fault...>", "these alone").choices(plantedFaults).default(plantedFaults, "all"),
    )
    .option("--journeys <number>", "over several languages, 0 for none", parseWhole, 100)
    .addOption(outOption())
    .action(async (flags: ExplainProof) => finish(await explain(flags)));
  program
    .command("traces")
    .description(
      "journeys over several languages are one tree of spans each, and a foreign back end has the same",
    )
    .option("--journeys <number>", "of three requests each", parseWhole, 100)
    .option("--receiver <url>", "of OTLP over HTTP, of a back end that is told too; without it none is")
    .option("--query <url>", "Jaeger's API, by which the back end is asked", "http://127.0.0.1:16686")
    .addOption(outOption())
    .action(async (flags: TracesProof) => finish(await traces(flags)));
  program
    .command("compose")
    .description("the shop from containers: up, used, hurt, scaled, changed under load, and gone")
    .addOption(outOption())
    .action(async (flags: { out: string }) => finish(await compose(flags)));
  return program;
}

function outOption(): Option {
  return new Option("--out <folder>", "where the figures are written").default(
    join(checkout, ".theseus/proof"),
  );
}

async function eachSet({ set }: CommonFlags, prove: (set: LanguageSet) => Promise<void>): Promise<void> {
  for (const each of set === "both" ? languageSets : [set]) await prove(each);
}

async function faults(
  set: LanguageSet,
  { seed, duration, out }: CommonFlags & { readonly seed: number; readonly duration: number },
): Promise<boolean> {
  console.log(`faults, ${set}: --seed ${seed} --duration ${duration}`);
  const options = { seed, durationMs: duration * 1_000, report: say };
  const figures = await withShop(flagsOf(set), (shop) => proveFaults(shop, options));
  tell(`faults-${set}`, { figures, page: faultsPage(`Faults, ${set}`, figures) }, out);
  return figures.violations.length === 0;
}

async function overload(set: LanguageSet, { duration, out }: CommonFlags & { readonly duration: number }) {
  console.log(`overload, ${set}: --duration ${duration}`);
  const options = { durationMs: duration * 1_000, report: say };
  const figures = await withShop(flagsOf(set), (shop) => proveOverload(shop, options));
  tell(`overload-${set}`, { figures, page: overloadPage(`Overload, ${set}`, figures) }, out);
  return figures.faults.length === 0;
}

async function steady(
  set: LanguageSet,
  { duration, rate, out }: CommonFlags & { readonly duration: number; readonly rate: number },
) {
  console.log(`steady, ${set}: --duration ${duration} --rate ${rate}`);
  const options = { durationMs: duration * 1_000, visitsPerSecond: rate, report: say };
  const figures = await withShop(flagsOf(set), (shop) => proveSteady(shop, options));
  tell(`steady-${set}`, { figures, page: steadyPage(`Steady load, ${set}`, figures) }, out);
  return figures.faults.length === 0;
}

async function rollout({ seed, rate, out }: { seed: number; rate: number; out: string }): Promise<boolean> {
  console.log(`rollout: --seed ${seed} --rate ${rate}`);
  const plan = { ...wholePlan, visitsPerSecond: rate };
  const figures = await withShop([], (shop) => proveRollout(shop, { seed, plan, report: say }));
  tell("rollout", { figures, page: rolloutPage(figures) }, out);
  return faultsOf(figures).length === 0;
}

interface SwapProof {
  readonly seed: number;
  readonly part: readonly Part[];
  readonly victim: readonly Victim[];
  readonly moment: readonly Moment[];
  readonly service: readonly string[];
  readonly long?: boolean;
  readonly out: string;
}

async function swap(asked: SwapProof): Promise<boolean> {
  const { seed, part, victim, moment, service, long = false, out } = asked;
  console.log(`swap: --seed ${seed} --part ${part.join(" ")}${long ? " --long" : ""}`);
  const chosen = { parts: part, victims: victim, moments: moment, services: service };
  const options = { seed, ...chosen, long, report: say };
  const figures = await withShop([], (shop) => proveSwap(shop, options));
  tell("swap", { figures, page: swapPage(figures) }, out);
  return swapFaults(figures).length === 0;
}

interface ExplainProof {
  readonly fault: readonly string[];
  readonly journeys: number;
  readonly out: string;
}

async function explain({ fault: faults, journeys, out }: ExplainProof): Promise<boolean> {
  const told = await withShop([], (shop) => provePlanted(shop, { faults, report: say }));
  const mixed = () => withShop(flagsOf("others"), (shop) => proveJourneys(shop, { journeys }));
  const figures: ExplainFigures = { told, ...(journeys > 0 && { journeys: await mixed() }) };
  tell("explain", { figures, page: explainPage(figures) }, out);
  return explainFaults(figures).length === 0;
}

interface TracesProof {
  readonly journeys: number;
  readonly receiver?: string;
  readonly query: string;
  readonly out: string;
}

async function traces({ journeys, receiver, query, out }: TracesProof): Promise<boolean> {
  const backend = receiver === undefined ? undefined : { receiver, query };
  const figures = await proveTraces({ journeys, backend, report: say }, (prove, variables) =>
    withShop(flagsOf("others"), prove, variables),
  );
  tell("traces", { figures, page: tracesPage(figures) }, out);
  return tracesFaults(figures).length === 0;
}

async function compose({ out }: { readonly out: string }): Promise<boolean> {
  const obstacles = await composeObstacles(dockerIn(checkout, process.env), checkout, {
    ...process.env,
    // It takes a port of its own.
    THESEUS_PORT: "0",
  });
  for (const obstacle of obstacles) console.error(obstacle);
  if (obstacles.length > 0) return false;
  const figures = await proveCompose({ checkout, env: process.env, report: say });
  tell("compose", { figures, page: composePage(figures) }, out);
  return figures.faults.length === 0;
}

function tell(name: string, written: Parameters<typeof writeFigures>[2], out: string): void {
  console.log(`\n${written.page}`);
  console.log(`written: ${writeFigures(out, name, written).join(", ")}\n`);
}

function say(line: string): void {
  console.log(`  ${line}`);
}

function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}
