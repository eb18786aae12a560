import type { Shop } from "../test/system/shop.js";
import { gatherCrowd } from "./load/crowd.js";
import { medians, sampleMemory } from "./load/memory.js";
import { type Visit, visitAt } from "./load/open-loop.js";
import { median } from "./statistics.js";

export interface SteadyOptions {
  /** How long there is load: a minute (of a short run a fifth) in which memory may grow, then as long as is left. */
  readonly durationMs: number;
  readonly visitsPerSecond: number;
  readonly report: (line: string) => void;
}

/** The memory of one process, in its first settled stretch and in its last. */
export interface MemoryTrend {
  readonly process: string;
  readonly firstMib: number;
  readonly lastMib: number;
  readonly ratio: number;
}

export interface SteadyFigures {
  readonly visits: number;
  readonly good: number;
  readonly medianFirstMs: number;
  readonly medianLastMs: number;
  readonly trends: readonly MemoryTrend[];
  /** What does not hold. */
  readonly faults: readonly string[];
}

const mostRatio = 1.2;
/** What a process may gain all the same: the records of what was bought, and what a runtime has not given back yet. */
const slackMib = 16;
const minuteMs = 60_000;
/** At first there are more visits, so that heaps have the size that they keep. */
const settlingTimes = 2;

/** Loads a shop evenly, and compares the memory of its processes in the first settled minute with that in the last. */
export async function proveSteady(shop: Shop, options: SteadyOptions): Promise<SteadyFigures> {
  const { durationMs, visitsPerSecond, report } = options;
  const crowd = await gatherCrowd(shop);
  const stretch = Math.min(minuteMs, durationMs / 5);
  await visitAt(crowd, { perSecond: settlingTimes * visitsPerSecond, forMs: stretch });
  const memory = sampleMemory(shop.home);
  const began = performance.now();
  const steadyMs = durationMs - stretch;
  report(`${visitsPerSecond} visits/s for ${steadyMs / 1_000} s`);
  const visits = await visitAt(crowd, { perSecond: visitsPerSecond, forMs: steadyMs });
  const samples = await memory.end();
  const first = medians(samples, began, began + stretch);
  const last = medians(samples, began + steadyMs - stretch, began + steadyMs);
  const trends = [...last].map(([process, lastMib]) => {
    const firstMib = first.get(process) ?? lastMib;
    return { process, firstMib, lastMib, ratio: lastMib / firstMib };
  });
  const good = visits.filter((visit) => visit.good);
  const within = (fromMs: number, toMs: number) =>
    medianOf(good.filter(({ beganMs }) => beganMs >= began + fromMs && beganMs < began + toMs));
  return {
    visits: visits.length,
    good: good.length,
    medianFirstMs: within(0, stretch),
    medianLastMs: within(steadyMs - stretch, steadyMs),
    trends,
    faults: [
      ...grown(trends),
      ...(good.length < visits.length * 0.999
        ? [`${visits.length - good.length} of ${visits.length} visits failed`]
        : []),
    ],
  };
}

/** Processes whose memory is not flat. */
export function grown(trends: readonly MemoryTrend[]): readonly string[] {
  return trends
    .filter(({ firstMib, lastMib }) => lastMib > firstMib * mostRatio && lastMib - firstMib > slackMib)
    .map(
      ({ process, firstMib, lastMib }) =>
        `${process} grew from ${firstMib.toFixed(0)} to ${lastMib.toFixed(0)} MiB`,
    );
}

function medianOf(visits: readonly Visit[]): number {
  return median(visits.map(({ beganMs, endedMs }) => endedMs - beganMs)) ?? 0;
}
