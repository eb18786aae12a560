import { setTimeout as sleep } from "node:timers/promises";
import { processUse } from "@theseus/runtime";
import { describeHome, readState } from "@theseus/runtime/control";
import { median } from "../statistics.js";

const MIB = 1_048_576;

/** How much memory a process had. */
export interface MemorySample {
  readonly process: string;
  readonly pid: number;
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
  readonly mib: number;
}

/** Writes down the resident memory of every process of a shop, once a second. */
export function sampleMemory(home: string): { end(): Promise<readonly MemorySample[]> } {
  const over = new AbortController();
  const { state } = describeHome(home);
  const samples: MemorySample[] = [];
  const sampling = (async () => {
    while (!over.signal.aborted) {
      for (const { name, pid } of readState(state)?.processes ?? []) {
        const mib = residentMib(pid);
        if (mib !== undefined) samples.push({ process: name, pid, atMs: performance.now(), mib });
      }
      await sleep(1_000);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await sampling;
      return samples;
    },
  };
}

/** Resident memory of a process; undefined of one that is not there. */
export function residentMib(pid: number): number | undefined {
  const use = processUse(pid);
  return use && use.residentBytes / MIB;
}

/** The most that each process had. */
export function peaks(samples: readonly MemorySample[]): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { process, mib } of samples) most.set(process, Math.max(mib, most.get(process) ?? 0));
  return most;
}

/** What each process had in the middle of a stretch of time. */
export function medians(
  samples: readonly MemorySample[],
  fromMs: number,
  toMs: number,
): ReadonlyMap<string, number> {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const processes = [...new Set(within.map(({ process }) => process))];
  const of = (process: string) => within.filter((sample) => sample.process === process).map(({ mib }) => mib);
  return new Map(processes.map((process) => [process, median(of(process)) ?? 0]));
}
