import type { Call } from "../numbers/call.js";
import { chanceOf } from "./exact-test.js";

/** What both sides have answered in one stretch of time, in which their shares of the calls stayed the same. */
export interface Window {
  readonly old: readonly Call[];
  readonly candidate: readonly Call[];
}

/** One way to end a call of a method, and how often each side did so. */
export interface End {
  readonly method: string;
  readonly code: string;
  readonly reason?: string;
  readonly old: number;
  readonly candidate: number;
  /** Calls of the method, however they ended. */
  readonly ofOld: number;
  readonly ofCandidate: number;
  /** How likely the two are as far apart as they are, if they are alike. */
  readonly chance: number;
}

/** Every end that either side has seen; the least likely first. */
export function endsOf(windows: readonly Window[]): readonly End[] {
  const kinds = new Map<string, Pick<Call, "method" | "code" | "reason">>();
  const counted = windows.map(({ old, candidate }) => ({ old: count(old), candidate: count(candidate) }));
  for (const { old, candidate } of windows)
    for (const call of [...old, ...candidate]) kinds.set(keyOf(call), call);
  return [...kinds]
    .map(([key, { method, code, reason }]) => {
      const strata = counted.map(({ old, candidate }) => ({
        old: { calls: old.get(method) ?? 0, hits: old.get(key) ?? 0 },
        candidate: { calls: candidate.get(method) ?? 0, hits: candidate.get(key) ?? 0 },
      }));
      const sum = (of: (stratum: (typeof strata)[number]) => number) =>
        strata.reduce((total, each) => total + of(each), 0);
      return {
        method,
        code,
        ...(reason !== undefined && { reason }),
        old: sum(({ old }) => old.hits),
        candidate: sum(({ candidate }) => candidate.hits),
        ofOld: sum(({ old }) => old.calls),
        ofCandidate: sum(({ candidate }) => candidate.calls),
        chance: chanceOf(strata),
      };
    })
    .sort((a, b) => a.chance - b.chance);
}

/** By method, and by method and end. */
function count(calls: readonly Call[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls)
    for (const key of [call.method, keyOf(call)]) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function keyOf({ method, code, reason = "" }: Pick<Call, "method" | "code" | "reason">): string {
  return `${method} ${code} ${reason}`;
}
