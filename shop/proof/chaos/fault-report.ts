import type { Violation } from "../invariants/violation.js";
import { median } from "../statistics.js";
import type { Attempt } from "../traffic/journal.js";
import type { Fault } from "./inflict.js";

/** What one kind of fault did to the clients. */
export interface KindFigures {
  readonly kind: string;
  readonly faults: number;
  /** Calls that began from the beginning of a fault to its recovery. */
  readonly attempts: number;
  /** Answered, and not done: the shop could not do it then. */
  readonly failed: number;
  /** Not answered, or in a way that does not tell. */
  readonly unknown: number;
  readonly lost: number;
  readonly double: number;
  /** Seconds from the end of a fault (of a hang: from its beginning) to the payment of an order that began after it. */
  readonly recoveryMedianS?: number;
  readonly recoveryLongestS?: number;
}

/** Five seconds in which no write was acknowledged, with the faults at that time. */
export interface Stall {
  readonly fromS: number;
  readonly faults: readonly string[];
}

export interface Run {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly faults: readonly Fault[];
  readonly attempts: readonly Attempt[];
  readonly violations: readonly Violation[];
}

export const windowMs = 5_000;

/** A row for each kind of fault, and one for the time without any. */
export function figuresByKind(run: Run): readonly KindFigures[] {
  const kinds = [...new Set(run.faults.map(({ kind }) => kind))].sort();
  return [...kinds, "none"].map((kind) => {
    const faults = run.faults.filter((fault) => fault.kind === kind);
    const attempts = run.attempts.filter(({ beganMs }) => kindAt(run.faults, beganMs) === kind);
    const count = (outcome: Attempt["outcome"]) => attempts.filter((each) => each.outcome === outcome).length;
    const harm = (what: Violation["harm"]) =>
      run.violations.filter((each) => isOf(each, what, kind, run)).length;
    return {
      kind,
      faults: faults.length,
      attempts: attempts.length,
      failed: count("failed"),
      unknown: count("unknown"),
      lost: harm("lost"),
      double: harm("double"),
      ...recoveryOf(faults),
    };
  });
}

/** The windows without progress. */
export function stallsOf({ beganMs, endedMs, faults, attempts }: Run): readonly Stall[] {
  const acknowledged = attempts
    .filter(({ outcome }) => outcome === "acknowledged")
    .map(({ endedMs: at }) => at);
  const stalls: Stall[] = [];
  for (let from = beganMs; from + windowMs <= endedMs; from += windowMs) {
    const to = from + windowMs;
    if (acknowledged.some((at) => at >= from && at < to)) continue;
    const during = faults.filter((fault) => fault.beganMs < to && recoveredOf(fault) > from);
    stalls.push({ fromS: (from - beganMs) / 1_000, faults: during.map(titleOf) });
  }
  return stalls;
}

/** Such as `kill store (user-store)`. */
export function titleOf({ kind, steps }: Pick<Fault, "kind" | "steps">): string {
  const hit = steps.map(({ deed, process }) => (kind === "chaos" ? `${deed} ${process}` : process));
  return `${kind} (${hit.join(", ")})`;
}

function kindAt(faults: readonly Fault[], atMs: number): string {
  return faults.find((fault) => fault.beganMs <= atMs && atMs < recoveredOf(fault))?.kind ?? "none";
}

function recoveredOf({ recoveredMs = Number.POSITIVE_INFINITY }: Fault): number {
  return recoveredMs;
}

/** A violation without a time of its own counts where there is no fault. */
function isOf({ harm, atMs }: Violation, what: Violation["harm"], kind: string, { faults }: Run): boolean {
  return harm === what && (atMs === undefined ? kind === "none" : kindAt(faults, atMs) === kind);
}

function recoveryOf(faults: readonly Fault[]): Pick<KindFigures, "recoveryMedianS" | "recoveryLongestS"> {
  const seconds = faults.flatMap(({ endedMs, recoveredMs }) =>
    recoveredMs === undefined ? [] : [(recoveredMs - endedMs) / 1_000],
  );
  const middle = median(seconds);
  return middle === undefined ? {} : { recoveryMedianS: middle, recoveryLongestS: Math.max(...seconds) };
}
