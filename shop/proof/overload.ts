import { setTimeout as sleep } from "node:timers/promises";
import type { InstanceStatus } from "@theseus/runtime/control";
import type { Shop } from "../test/system/shop.js";
import { type Crowd, gatherCrowd } from "./load/crowd.js";
import { peaks, sampleMemory } from "./load/memory.js";
import { aboveBounds } from "./load/memory-bounds.js";
import { type Visit, visitAt, visitInTurn } from "./load/open-loop.js";
import { median } from "./statistics.js";

export interface OverloadOptions {
  /** How long there are three times as many visits as the shop can serve. */
  readonly durationMs: number;
  readonly report: (line: string) => void;
}

/** A stretch of visits that began at one rate. */
export interface Stretch {
  readonly offeredPerSecond: number;
  /** Good ones that ended in the last two thirds of it, a second. */
  readonly goodPerSecond: number;
  /** How often each answer came that ended a visit early. */
  readonly answers: Readonly<Record<string, number>>;
}

export interface OverloadFigures {
  readonly ramp: readonly Stretch[];
  readonly peakPerSecond: number;
  readonly overload: Stretch;
  /** Goodput under overload, as a part of the peak. */
  readonly part: number;
  readonly medianBeforeMs: number;
  /** Ten seconds after the last visit began. */
  readonly medianAfterMs: number;
  readonly memoryMib: Readonly<Record<string, number>>;
  /** What does not hold. */
  readonly faults: readonly string[];
}

const times = 3;
const leastPart = 0.7;
/** How much more than the peak means that it was none. */
const missedPart = 1.1;
/** How much longer a visit may take afterwards. */
const slowerTimes = 2;
const afterMs = 10_000;
const rampStepMs = 6_000;
/** How many steps of a ramp may bring less than the best one before it is taken for the peak. */
const worseSteps = 2;
const visitsInTurn = 30;
/** At first as many visits begin as later end: this part of a stretch does not count. */
const fillingPart = 1 / 3;

/** Finds the most that a shop can do, and asks for three times as much. */
export async function proveOverload(shop: Shop, options: OverloadOptions): Promise<OverloadFigures> {
  const { report } = options;
  const crowd = await gatherCrowd(shop);
  await visitAt(crowd, { perSecond: 5, forMs: 5_000 });
  const medianBeforeMs = await medianInTurn(crowd);
  const { instances: before } = await shop.status();
  const memory = sampleMemory(shop.home);
  const ramp = [...(await climb(crowd, report))];
  let peakPerSecond = Math.max(...ramp.map(({ goodPerSecond }) => goodPerSecond));
  let after = await overloadFor(shop, crowd, { ...options, peakPerSecond });
  while (after.overload.goodPerSecond > peakPerSecond * missedPart) {
    // The peak is higher than the ramp found, on a machine that others let go of meanwhile.
    ramp.push(after.overload);
    peakPerSecond = after.overload.goodPerSecond;
    after = await overloadFor(shop, crowd, { ...options, peakPerSecond });
  }
  const most = peaks(await memory.end());
  const { overload, medianAfterMs, instances } = after;
  const part = overload.goodPerSecond / peakPerSecond;
  const isSlow = medianAfterMs > slowerTimes * medianBeforeMs;
  const took = `a visit takes ${medianAfterMs.toFixed(0)} ms after, ${medianBeforeMs.toFixed(0)} before`;
  const faults = [
    ...(part < leastPart ? [`goodput is ${percent(part)} of the peak, below ${percent(leastPart)}`] : []),
    ...aboveBounds(instances, most).map(
      ({ process, mib, boundMib }) => `${process} had ${mib.toFixed(0)} MiB, above ${boundMib}`,
    ),
    ...unwell(instances),
    ...(isSlow ? [took] : []),
    ...startedAgain(before, instances),
  ];
  const memoryMib = Object.fromEntries([...most].map(([process, mib]) => [process, Math.round(mib)]));
  return { ramp, peakPerSecond, overload, part, medianBeforeMs, medianAfterMs, memoryMib, faults };
}

type Instances = readonly InstanceStatus[];

function unwell(instances: Instances): readonly string[] {
  return instances
    .filter(({ health }) => health !== "SERVING" && health !== "RUNNING")
    .map(({ instance, health }) => `${instance} is ${health} ${afterMs / 1_000} s after`);
}

function startedAgain(before: Instances, after: Instances): readonly string[] {
  const restarts = new Map(before.map((each) => [each.instance, each.restarts]));
  return after
    .filter((each) => each.restarts > (restarts.get(each.instance) ?? 0))
    .map(({ instance, lastExit }) => `${instance} was started again: ${lastExit}`);
}

/** Offers more and more until it brings no more. */
async function climb(crowd: Crowd, report: (line: string) => void): Promise<readonly Stretch[]> {
  const ramp: Stretch[] = [];
  let [best, worse] = [0, 0];
  for (let perSecond = 4; worse < worseSteps; perSecond *= 1.4) {
    const stretch = await offer(crowd, perSecond, rampStepMs);
    ramp.push(stretch);
    report(told(stretch));
    worse = stretch.goodPerSecond > best * 1.02 ? 0 : worse + 1;
    best = Math.max(best, stretch.goodPerSecond);
    await settle(crowd);
  }
  return ramp;
}

interface Overloaded {
  readonly overload: Stretch;
  readonly medianAfterMs: number;
  readonly instances: Instances;
}

async function overloadFor(
  shop: Shop,
  crowd: Crowd,
  { peakPerSecond, durationMs, report }: OverloadOptions & { readonly peakPerSecond: number },
): Promise<Overloaded> {
  const overload = offer(crowd, times * peakPerSecond, durationMs);
  await sleep(durationMs + afterMs);
  const [{ instances }, medianAfterMs] = await Promise.all([shop.status(), medianInTurn(crowd)]);
  report(told(await overload));
  return { overload: await overload, medianAfterMs, instances };
}

async function offer(crowd: Crowd, perSecond: number, forMs: number): Promise<Stretch> {
  const began = performance.now();
  const visits = await visitAt(crowd, { perSecond, forMs });
  return {
    offeredPerSecond: perSecond,
    goodPerSecond: goodput(visits, began + forMs * fillingPart, began + forMs),
    answers: countReasons(visits),
  };
}

/** Good visits that ended in a stretch of time, a second. */
export function goodput(visits: readonly Visit[], fromMs: number, toMs: number): number {
  const good = visits.filter(({ good, endedMs }) => good && endedMs >= fromMs && endedMs < toMs);
  return good.length / ((toMs - fromMs) / 1_000);
}

/** What one step has left under way must not count in the next. */
async function settle(crowd: Crowd): Promise<void> {
  await visitInTurn(crowd, 3);
}

async function medianInTurn(crowd: Crowd): Promise<number> {
  const visits = (await visitInTurn(crowd, visitsInTurn)).filter(({ good }) => good);
  return median(visits.map(({ beganMs, endedMs }) => endedMs - beganMs)) ?? Number.POSITIVE_INFINITY;
}

function countReasons(visits: readonly Visit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { good, reason } of visits) if (!good) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function told({ offeredPerSecond, goodPerSecond }: Stretch): string {
  return `${offeredPerSecond.toFixed(1)} visits/s offered, ${goodPerSecond.toFixed(1)} good`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)} %`;
}
