import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "@theseus/runtime/load";
import type { Shop } from "../../test/system/shop.js";
import { compareAtRest } from "../rollout/at-rest.js";
import { type Stretch, stretchOf } from "../rollout/rollout-figures.js";
import { otherLanguage } from "../rollout/rollout-plan.js";
import { openMarket } from "../rollout/visitors/market.js";
import { observeSwap, type SwapRun } from "./observe-swap.js";
import { openReaders } from "./readers.js";

export interface ThereAndBack {
  readonly service: string;
  readonly before: Stretch;
  readonly during: Stretch;
  readonly runs: readonly SwapRun[];
  readonly messages: number;
  readonly faults: readonly string[];
}

export interface ThereAndBackOptions {
  readonly seed: number;
  readonly visitsPerSecond: number;
  readonly readsPerSecond: number;
  readonly beforeMs: number;
  /** So many calls of clients at least, in all. */
  readonly leastCalls: number;
  readonly flags: readonly string[];
  readonly report: (line: string) => void;
}

const warmMs = 5_000;
/** How much slower the slowest calls may be while it is swapped. */
const mostP99Ratio = 3;

/** Swaps a service to its other language and back while people buy and watch, and compares in the end what they were told. */
export async function swapThereAndBack(
  shop: Shop,
  service: string,
  options: ThereAndBackOptions,
): Promise<ThereAndBack> {
  const { seed, beforeMs, leastCalls, flags, report } = options;
  const random = createRandom(seed);
  const market = await openMarket(shop, { ...options, random });
  await using streams = market.streams;
  const { calls, stock } = market;
  const items = [...stock.keys()];
  const readers = openReaders({ calls, items, perSecond: options.readsPerSecond, random: random.fork() });
  await sleep(warmMs);
  const beganMs = performance.now();
  await sleep(beforeMs);
  const changedMs = performance.now();
  const runs: SwapRun[] = [];
  for (const to of [otherLanguage(service), "typescript"]) {
    runs.push(await observeSwap({ shop, calls, service, to, isProven: true, flags }));
    report(`${runs.at(-1)?.command}: ${runs.at(-1)?.seconds.toFixed(1)} s, ${runs.at(-1)?.fault ?? "done"}`);
  }
  const endedMs = performance.now();
  while (calls.all.length < leastCalls) await sleep(1_000);
  await readers[Symbol.asyncDispose]();
  const watched = await market.close();
  const violations = await compareAtRest(shop, market, watched);
  const before = stretchOf(calls.all, beganMs, changedMs);
  const during = stretchOf(calls.all, changedMs, endedMs);
  const failed = calls.all.filter((call) => call.failed);
  const ratio = during.p99Ms / before.p99Ms;
  const faults = [
    ...runs.flatMap(({ command, fault }) => (fault === undefined ? [] : [`${command}: ${fault}`])),
    ...failed.map(({ operation, status, reason }) => `${operation} failed: ${status} ${reason}`),
    ...violations.map(({ harm, subject, detail }) => `${harm}: ${subject} ${detail}`),
    ...(ratio > mostP99Ratio ? [`p99 is ${ratio.toFixed(1)} times that before`] : []),
  ];
  return { service, before, during, runs, messages: streams.messages, faults };
}
