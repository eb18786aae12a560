import { randomInt } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Endpoints, Home } from "@theseus/runtime/control";
import { createLoad, createRandom, type LoadReport, openHttpCalls, readMix } from "@theseus/runtime/load";
import { awaitStop } from "@theseus/runtime/supervisor";
import { openReportFile } from "../figures/report-file.js";
import { LiveView } from "../live-view.js";
import { askStatus, sayNotRunning } from "../supervisor.js";
import { customersFor } from "./customers.js";
import { everySecond } from "./every-second.js";
import { showLive } from "./live-line.js";
import { showReport } from "./report-text.js";
import { gatherVisitors, vocabulary } from "./visitors.js";

export interface LoadFlags {
  /** Journeys a second. */
  readonly rate: number;
  /** In milliseconds. */
  readonly for: number;
  readonly inFlight: number;
  readonly seed?: number;
  readonly mix?: string;
  readonly json?: true;
  readonly report?: string;
}

/** The report, and what is needed to ask for the same load again. */
export interface SavedLoad extends LoadReport {
  readonly mix: string;
  readonly seed: number;
  /** ISO 8601. */
  readonly begun: string;
}

const usualMix = fileURLToPath(new URL("../../../../load/usual.yaml", import.meta.url));

/** Loads the shop that runs; 0 when all that was asked for was sent, and nothing failed. */
export async function load(home: Home, flags: LoadFlags): Promise<number> {
  const mix = flags.mix ?? usualMix;
  readMix(mix, vocabulary);
  const { endpoints } = (await askStatus(home)) ?? {};
  if (endpoints === undefined) return sayNotRunning(home);
  const save = openReportFile(flags.report);
  const report = await run({ home, endpoints, mix, seed: flags.seed ?? randomInt(2 ** 31) }, flags);
  save(report);
  console.log(flags.json ? JSON.stringify({ report }) : `\n${showReport(report)}`);
  return report.failed + report.notSent + report.unfinished === 0 ? 0 : 1;
}

interface Run {
  readonly home: Home;
  readonly endpoints: Endpoints;
  readonly mix: string;
  readonly seed: number;
}

async function run({ home, endpoints, mix, seed }: Run, flags: LoadFlags): Promise<SavedLoad> {
  const { rate, for: forMs, inFlight, json } = flags;
  using stop = awaitStop();
  using http = openHttpCalls(Number(new URL(endpoints.http).port));
  const random = createRandom(seed);
  const say = (line: string) => (json ? undefined : console.log(line));
  const pieces = Math.max(1_000, Math.ceil((rate * forMs) / 1_000));
  const customers = customersFor(rate);
  say(`${rate} journeys a second for ${forMs / 1_000} s, of ${mix}, --seed ${seed}.`);
  say(`First ${customers} customers sign in.`);
  const { signal } = stop;
  const people = { home, endpoints, customers, pieces, signal, random: random.fork() };
  const visitor = await gatherVisitors(people);
  const begun = new Date().toISOString();
  const load = createLoad({
    ...{ mix: readMix(mix, vocabulary), http, visitor, rate, forMs, random },
    most: inFlight,
  });
  await using view = new LiveView(json ? undefined : process.stdout, async () => showLive(load.live()));
  using _ = everySecond(() => json && console.log(JSON.stringify({ live: load.live() })));
  signal.addEventListener("abort", () => {
    if (!json) view.print("No more visitors; those that are there finish. Once more ends it at once.");
  });
  return { mix, seed, begun, ...(await load.run(signal, stop.urgent)) };
}
