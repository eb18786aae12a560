import type { Call } from "../numbers/call.js";
import type { Window } from "./evidence.js";
import { chanceOf } from "./exact-test.js";

/** Calls of a method that took too long, by the old one's own durations. */
export interface SlowCalls {
  readonly method: string;
  /** Above this a call is slow. */
  readonly limitMs: number;
  readonly oldP95Ms: number;
  readonly old: number;
  readonly ofOld: number;
  readonly candidate: number;
  readonly ofCandidate: number;
  /** How likely the two are as far apart as they are, if they are alike. */
  readonly chance: number;
}

export interface SlowRule {
  /** The candidate's first calls of each method, which say nothing: it was started just now. */
  readonly coldCalls: number;
  /** Calls of each side after that. */
  readonly leastCalls: number;
  /** A call is slow above the old one's 95th percentile, so often, and so many milliseconds more. */
  readonly times: number;
  readonly moreMs: number;
  /** The part of the candidate's calls that must be slow. */
  readonly leastShare: number;
}

/**
 * Of each method that does not stream and was called often enough in the last window, how many calls were slow; only those of
 * which the candidate's share of slow calls is large enough to matter. The least likely first.
 */
export function slowCalls(
  windows: readonly Window[],
  rule: SlowRule,
  isStream: (method: string) => boolean,
): readonly SlowCalls[] {
  const last = windows.at(-1);
  if (last === undefined) return [];
  const earlier = byMethod(windows.slice(0, -1).flatMap(({ candidate }) => candidate));
  const old = byMethod(last.old);
  return [...byMethod(last.candidate)]
    .filter(([method]) => !isStream(method))
    .map(([method, theirs]) => {
      const cold = Math.max(0, rule.coldCalls - (earlier.get(method)?.length ?? 0));
      return compare(method, { old: old.get(method) ?? [], candidate: theirs.slice(cold) }, rule);
    })
    .filter(
      ({ ofOld, ofCandidate, candidate }) =>
        Math.min(ofOld, ofCandidate) >= rule.leastCalls && candidate >= ofCandidate * rule.leastShare,
    )
    .sort((a, b) => a.chance - b.chance);
}

function compare(method: string, { old, candidate }: Window, { times, moreMs }: SlowRule): SlowCalls {
  const sorted = old.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  // By nearest rank.
  const oldP95Ms = sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
  const limitMs = oldP95Ms * times + moreMs;
  const seen = (calls: readonly Call[]) => ({
    calls: calls.length,
    hits: calls.filter(({ durationMs }) => durationMs > limitMs).length,
  });
  const [ofOld, ofCandidate] = [seen(old), seen(candidate)];
  return {
    method,
    limitMs,
    oldP95Ms,
    old: ofOld.hits,
    ofOld: ofOld.calls,
    candidate: ofCandidate.hits,
    ofCandidate: ofCandidate.calls,
    chance: chanceOf([{ old: ofOld, candidate: ofCandidate }]),
  };
}

function byMethod(calls: readonly Call[]): ReadonlyMap<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const of = groups.get(call.method);
    if (of === undefined) groups.set(call.method, [call]);
    else of.push(call);
  }
  return groups;
}
