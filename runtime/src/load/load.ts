import { poissonGaps } from "./gaps.js";
import type { HttpCalls } from "./http-calls.js";
import { takeJourney, type Visitor } from "./journey.js";
import { Latencies } from "./latencies.js";
import type { Mix } from "./mix.js";
import { startInOpenLoop } from "./open-loop.js";
import type { Random } from "./random.js";
import { Recent } from "./recent.js";
import type { LiveNumbers, LoadReport } from "./report.js";
import { JourneyTally } from "./tally.js";

export interface LoadOptions {
  readonly mix: Mix;
  readonly http: HttpCalls;
  /** Answers who makes the next journey. */
  readonly visitor: () => Visitor;
  /** Journeys a second, on average. */
  readonly rate: number;
  readonly forMs: number;
  /** The most journeys that may be under way. */
  readonly most: number;
  /** Decides when journeys are due, and which. */
  readonly random: Random;
}

export interface Load {
  /**
   * Resolves when the last journey has ended, or at once when that is asked for.
   *
   * @param signal  lets no journey begin any more
   * @param urgent  waits no longer for those that are under way
   */
  run(signal: AbortSignal, urgent?: Promise<void>): Promise<LoadReport>;
  live(): LiveNumbers;
}

/** Journeys of a mix that are begun at times which no answer delays. */
export function createLoad({ mix, http, visitor, rate, forMs, most, random }: LoadOptions): Load {
  const tallies = mix.journeys.map((journey) => new JourneyTally(journey));
  const choose = choice(tallies, random.fork());
  const late = new Latencies();
  const beganMs = performance.now();
  const recent = new Recent(beganMs);
  const totals = { underWay: 0, notSent: 0, failedCalls: 0, lastDueMs: beganMs };

  async function visit(dueMs: number): Promise<void> {
    const tally = choose();
    totals.lastDueMs = dueMs;
    late.add(performance.now() - dueMs);
    tally.begin();
    totals.underWay++;
    const isGood = await takeJourney(tally.journey, {
      ...{ http, visitor: visitor(), dueMs },
      note: (result) => {
        tally.note(result);
        if (result.failed) totals.failedCalls++;
        const { latencyMs: durationMs, failed } = result;
        recent.add({ atMs: performance.now(), durationMs, failed });
      },
    });
    totals.underWay--;
    tally.end(isGood, performance.now() - dueMs);
  }

  function leaveOut(dueMs: number): void {
    choose().leaveOut();
    totals.lastDueMs = dueMs;
    totals.notSent++;
  }

  return {
    async run(signal, urgent = new Promise(() => {})) {
      const gaps = poissonGaps(rate, random);
      const ended = startInOpenLoop(visit, { gaps, signal, forMs, most, full: leaveOut });
      await Promise.race([ended, urgent]);
      const seconds = (performance.now() - beganMs) / 1_000;
      const dueSeconds = (totals.lastDueMs - beganMs) / 1_000;
      return toReport(tallies, { rate, seconds, dueSeconds, late });
    },
    live: () => ({
      seconds: (performance.now() - beganMs) / 1_000,
      ...recent.numbers(performance.now()),
      inFlight: totals.underWay,
      notSent: totals.notSent,
      failedCalls: totals.failedCalls,
    }),
  };
}

/** Chooses a journey by its weight. */
function choice(tallies: readonly JourneyTally[], random: Random): () => JourneyTally {
  const all = tallies.reduce((sum, { journey }) => sum + journey.weight, 0);
  return () => {
    let left = random.next() * all;
    const chosen = tallies.find(({ journey }) => {
      left -= journey.weight;
      return left < 0;
    });
    return chosen ?? (tallies.at(-1) as JourneyTally);
  };
}

interface Ran {
  readonly rate: number;
  readonly seconds: number;
  /** From the beginning to when the last journey was due. */
  readonly dueSeconds: number;
  readonly late: Latencies;
}

function toReport(tallies: readonly JourneyTally[], { rate, seconds, dueSeconds, late }: Ran): LoadReport {
  const journeys = tallies.map((tally) => tally.report());
  const sum = (field: "started" | "succeeded" | "failed" | "unfinished" | "notSent") =>
    journeys.reduce((total, journey) => total + journey[field], 0);
  const due = sum("started") + sum("notSent");
  const steps = journeys.flatMap((journey) => journey.steps);
  return {
    seconds,
    journeysPerSecond: { asked: rate, due: due / Math.max(dueSeconds, 1e-3) },
    started: sum("started"),
    succeeded: sum("succeeded"),
    failed: sum("failed"),
    unfinished: sum("unfinished"),
    notSent: sum("notSent"),
    calls: steps.reduce((total, { calls }) => total + calls, 0),
    failedCalls: steps.reduce((total, { failed }) => total + failed, 0),
    startedLateMs: late.report(),
    journeys,
  };
}
