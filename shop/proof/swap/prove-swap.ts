import { createRandom } from "@theseus/runtime/load";
import { HttpClient, signedIn } from "../../test/system/http-client.js";
import type { Shop } from "../../test/system/shop.js";
import { stockedItem } from "../../test/system/stock.js";
import { copyImplementation } from "../rollout/candidate/copied-implementation.js";
import { inventory } from "../rollout/rollout-plan.js";
import { Calls } from "../rollout/visitors/calls.js";
import { forgetful, turning } from "./bad-candidates.js";
import { isThere, type Killed, killDuring, type Moment, type Victim } from "./kills.js";
import { observeSwap, type SwapRun } from "./observe-swap.js";
import { openReaders } from "./readers.js";
import { type Refusal, refuseNonsense } from "./refusals.js";
import { proveShadow, type ShadowRun } from "./shadow.js";
import { swapToBad, type TakenBack } from "./taken-back.js";
import { swapThereAndBack, type ThereAndBack } from "./there-and-back.js";

export const parts = [
  "there-and-back",
  "forgetful",
  "equal",
  "turning",
  "shadow",
  "kills",
  "refusals",
] as const;
export type Part = (typeof parts)[number];

export interface SwapProofOptions {
  readonly seed: number;
  readonly parts: readonly Part[];
  /** Who is killed, and when: each of them in each moment. */
  readonly victims: readonly Victim[];
  readonly moments: readonly Moment[];
  /** Which go there and back. */
  readonly services: readonly string[];
  /** 100,000 calls for one service instead of 20,000 for each. */
  readonly long: boolean;
  readonly report: (line: string) => void;
}

export interface SwapFigures {
  readonly seed: number;
  readonly thereAndBack: readonly ThereAndBack[];
  readonly takenBack: readonly TakenBack[];
  readonly equal: readonly SwapRun[];
  readonly shadow: readonly ShadowRun[];
  readonly kills: readonly Killed[];
  readonly refusals: readonly Refusal[];
}

const readsPerSecond = 80;
/** While the only instance that has calls is killed, as many as wait for it must fit into what a sidecar repeats at a time. */
const readsBesideKills = 25;
const equalRuns = 20;
/** What takes long in an equal run is of no interest: 4, 100, 100 and 20 calls of the candidate's own. */
const quick = ["--calls", "100", "--longest", "60"];

/** Runs the parts that are asked for, one after the other, on one shop. */
export async function proveSwap(shop: Shop, options: SwapProofOptions): Promise<SwapFigures> {
  const { seed, report } = options;
  const has = (part: Part) => options.parts.includes(part);
  const thereAndBack: ThereAndBack[] = [];
  const plan = options.long
    ? { of: [inventory], leastCalls: 100_000 }
    : { of: options.services, leastCalls: 20_000 };
  for (const service of has("there-and-back") ? plan.of : [])
    thereAndBack.push(
      await swapThereAndBack(shop, service, {
        seed,
        visitsPerSecond: 8,
        readsPerSecond: 40,
        beforeMs: 30_000,
        leastCalls: plan.leastCalls,
        flags: ["--longest", "60"],
        report,
      }),
    );
  const http = new HttpClient(shop.edge);
  const items = [await stockedItem(http, await signedIn(http, shop.administrator), "9")];
  const calls = new Calls(http);
  const random = createRandom(seed);
  const readers = openReaders({ calls, items, perSecond: readsPerSecond, random });
  const read = { shop, calls, report };
  const takenBack = [
    ...(has("forgetful") ? await takeBack(read, [forgetful(50)], []) : []),
    ...(has("turning") ? await takeBack(read, turning, quick) : []),
  ];
  const equal = has("equal") ? await swapToEqual(read) : [];
  await readers[Symbol.asyncDispose]();
  await using _ = openReaders({ calls, items, perSecond: readsBesideKills, random: random.fork() });
  const shadow = has("shadow") ? [await proveShadow(report)] : [];
  const kills = has("kills") ? await killEach(read, options) : [];
  const refusals = has("refusals") ? await refuseNonsense(shop) : [];
  return { seed, thereAndBack, takenBack, equal, shadow, kills, refusals };
}

interface Read {
  readonly shop: Shop;
  readonly calls: Calls;
  readonly report: (line: string) => void;
}

async function takeBack(
  { report, ...attempt }: Read,
  candidates: typeof turning,
  flags: readonly string[],
): Promise<readonly TakenBack[]> {
  const figures: TakenBack[] = [];
  for (const bad of candidates) {
    const taken = await swapToBad({ ...attempt, flags }, bad);
    report(`a candidate that ${bad.name}: ${taken.run.fault}`);
    figures.push(taken);
  }
  return figures;
}

/** To a copy of what runs, and from it to another one. */
async function swapToEqual({ shop, calls, report }: Read): Promise<readonly SwapRun[]> {
  const runs: SwapRun[] = [];
  while (runs.length < equalRuns) {
    using copy = copyImplementation(inventory);
    runs.push(await observeSwap({ shop, calls, service: inventory, to: copy.folder, flags: quick }));
    runs.push(await observeSwap({ shop, calls, service: inventory, to: "typescript", flags: quick }));
    report(`${runs.length} equal candidates, ${runs.filter(({ fault }) => fault).length} taken back`);
  }
  return runs;
}

async function killEach(
  { report, ...attempt }: Read,
  { victims, moments }: SwapProofOptions,
): Promise<readonly Killed[]> {
  const figures: Killed[] = [];
  const flags = ["--calls", "20", "--longest", "10"];
  for (const moment of moments)
    for (const victim of victims.filter((each) => isThere(each, moment))) {
      const killed = await killDuring({ ...attempt, service: inventory, flags }, victim, moment);
      report(
        `${victim} killed, ${moment}: ${killed.end}${killed.faults.map((fault) => `; ${fault}`).join("")}`,
      );
      figures.push(killed);
    }
  return figures;
}

/** What does not hold, for people. */
export function faultsOf({
  thereAndBack,
  takenBack,
  equal,
  shadow,
  kills,
  refusals,
}: SwapFigures): readonly string[] {
  return [
    ...thereAndBack.flatMap(({ service, faults }) => faults.map((fault) => `${service}: ${fault}`)),
    ...takenBack.flatMap(({ candidate, faults }) => faults.map((fault) => `${candidate}: ${fault}`)),
    ...equal.flatMap(({ fault }) => (fault === undefined ? [] : [`an equal one was taken back: ${fault}`])),
    ...equal.flatMap(({ failed }) => Object.keys(failed).map((answer) => `with an equal one: ${answer}`)),
    ...shadow.flatMap(({ faults }) => faults.map((fault) => `shadow: ${fault}`)),
    ...kills.flatMap(({ victim, moment, faults }) => faults.map((fault) => `${victim}, ${moment}: ${fault}`)),
    ...refusals.flatMap(({ command, faults }) => faults.map((fault) => `${command}: ${fault}`)),
  ];
}
