import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../fault.js";
import type { HttpCalls } from "../load/http-calls.js";
import { beginTrip, type Trip, takeStep, type Visitor } from "../load/journey.js";
import type { Mix, Step } from "../load/mix.js";
import { processUse } from "../process/process-use.js";

export interface RoundOptions {
  readonly mix: Mix;
  readonly http: HttpCalls;
  readonly visitor: () => Visitor;
  /** Whose time is taken, by name: their pids. */
  readonly processes: ReadonlyMap<string, number>;
  /** How often each journey is made. */
  readonly calls: number;
  /** How many calls are under way at once. */
  readonly atOnce: number;
  /** How long nothing is sent, so that it is known what processes use without calls. */
  readonly idleMs: number;
}

/** Processor time of a stretch, by process, in seconds. */
export interface Measured {
  readonly seconds: number;
  readonly cpu: ReadonlyMap<string, number>;
}

export interface Round {
  readonly idle: Measured;
  readonly steps: readonly (Measured & {
    readonly journey: string;
    readonly step: string;
    readonly calls: number;
  })[];
}

/** What an answer has left to do, such as a log that is written or a worker that looks again. */
const tailMs = 300;

/**
 * Nothing first, then each journey, step by step: all its visitors take the first step, then all take the second, so that what each
 * call costs is known apart.
 *
 * @throws Fault for a call that fails, and for a process that ends: what they cost tells nothing
 */
export async function measureRound(options: RoundOptions): Promise<Round> {
  const { mix, http, visitor, calls, idleMs } = options;
  const idle = await measure(options, () => sleep(idleMs));
  const steps: Round["steps"][number][] = [];
  for (const { name: journey, steps: own } of mix.journeys) {
    const trips = Array.from({ length: calls }, () => beginTrip(http, visitor()));
    for (const step of own) {
      const measured = await measure(options, async () => {
        await takeAll(step, trips, options);
        await sleep(tailMs);
      });
      steps.push({ journey, step: step.name, calls, ...measured });
    }
  }
  return { idle, steps };
}

async function takeAll(step: Step, trips: readonly Trip[], { atOnce }: RoundOptions): Promise<void> {
  const left = trips.values();
  const work = async () => {
    for (const trip of left) {
      const { failed, status, reason } = await takeStep(step, trip, performance.now());
      if (failed)
        throw new Fault(
          `${step.name} was answered ${status} ${reason}: what it costs cannot be told.`,
          "theseus load with the same --mix says more.",
        );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function measure({ processes }: RoundOptions, work: () => Promise<void>): Promise<Measured> {
  const before = readAll(processes);
  const beganMs = performance.now();
  await work();
  const after = readAll(processes);
  const seconds = (performance.now() - beganMs) / 1_000;
  return { seconds, cpu: new Map([...after].map(([name, cpu]) => [name, cpu - (before.get(name) ?? 0)])) };
}

function readAll(processes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...processes].map(([name, pid]) => [name, read(name, pid)]));
}

function read(name: string, pid: number): number {
  const use = processUse(pid);
  if (use !== undefined) return use.cpuSeconds;
  throw new Fault(
    `${name} (pid ${pid}) has ended while its time was taken.`,
    "Measure again; the logs say why it ended.",
  );
}
