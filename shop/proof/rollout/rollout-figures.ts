import type { Violation } from "../invariants/violation.js";
import { median, quantile } from "../statistics.js";
import type { HeldFigures } from "./candidate/held-candidate.js";
import type { CommandFigures } from "./commands.js";
import type { LossFigures } from "./measure/lost-instance.js";
import type { PairMemory } from "./measure/pair-memory.js";
import type { Spread } from "./measure/spread.js";
import type { Answered } from "./swaps.js";
import { type Call, countFailures, latencies } from "./visitors/calls.js";

export interface RolloutFigures {
  readonly seed: number;
  readonly before: Stretch;
  readonly during: Stretch;
  readonly p99Ratio: number;
  readonly commands: readonly CommandFigures[];
  /** Who answered after each swap. */
  readonly answered: readonly Answered[];
  readonly spread: Spread | undefined;
  /** Of the pairs that were added. */
  readonly added: readonly PairMemory[];
  readonly endpointChanges: { readonly count: number; readonly medianMs: number; readonly longestMs: number };
  readonly losses: readonly LossFigures[];
  readonly held: readonly HeldFigures[];
  readonly streams: { readonly count: number; readonly messages: number; readonly payments: number };
  readonly orders: number;
  readonly paid: number;
  readonly failures: readonly Failure[];
  readonly violations: readonly Violation[];
}

/** What visitors saw for a while. */
export interface Stretch {
  readonly seconds: number;
  readonly calls: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** One call that failed. */
export interface Failure extends Pick<Call, "operation" | "status" | "reason"> {
  /** Since visitors are watched. */
  readonly atS: number;
  readonly tookMs: number;
}

/** Bound of the spread over the instances of a service. */
const spreadBound = 0.1;
/** As long as an only instance may be away without a failed read. */
const awayMs = 2_000;

/** Of the calls that were due between two moments. */
export function stretchOf(calls: readonly Call[], fromMs: number, toMs: number): Stretch {
  const within = calls.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
  const took = latencies(within);
  return {
    seconds: (toMs - fromMs) / 1_000,
    calls: within.length,
    failed: countFailures(within),
    p50Ms: median(took) ?? 0,
    p99Ms: quantile(took, 0.99) ?? 0,
  };
}

export function toFailure({ operation, status, reason, dueMs, endedMs }: Call, beganMs: number): Failure {
  return { operation, status, reason, atS: (dueMs - beganMs) / 1_000, tookMs: endedMs - dueMs };
}

/** What does not hold, for people. */
export function faultsOf(figures: RolloutFigures): readonly string[] {
  const { commands, spread, losses, violations, answered, failures, held } = figures;
  return [
    ...failures.map(
      ({ operation, status, reason, atS, tookMs }) =>
        `${operation} failed: ${status} ${reason} (at ${atS.toFixed(1)} s, after ${tookMs.toFixed(0)} ms)`,
    ),
    ...commands.flatMap(({ command, fault }) => (fault === undefined ? [] : [`${command}: ${fault}`])),
    ...answered.filter(({ calls }) => calls === 0).map(({ instance }) => `${instance} answered nothing`),
    ...(spread !== undefined && spread.deviation > spreadBound
      ? [`the spread is ${(spread.deviation * 100).toFixed(1)} %`]
      : []),
    ...losses
      .filter(({ failed, backMs }) => Object.keys(failed).length > 0 && backMs <= awayMs)
      .map(({ service, failed }) => `reads failed without ${service}: ${JSON.stringify(failed)}`),
    ...held
      .filter(({ isUntouched }) => !isUntouched)
      .map(({ manner }) => `a candidate that ${manner} wrote in standby`),
    ...violations.map(({ harm, subject, detail }) => `${harm}: ${subject} ${detail}`),
  ];
}
