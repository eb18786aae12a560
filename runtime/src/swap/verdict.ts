import { type End, endsOf, type Window } from "./evidence.js";
import { type SlowCalls, type SlowRule, slowCalls } from "./slow-calls.js";

export interface Evidence {
  /** Of this step last, and those of the steps before it. */
  readonly windows: readonly Window[];
  /** What is wrong with the candidate itself: it ended, failed its health checks, was ejected. */
  readonly trouble?: string;
  /** Whether a method answers by a stream, whose duration says nothing of how quick it is. */
  readonly isStream: (method: string) => boolean;
  /** How long this step has lasted. */
  readonly heldMs: number;
  /** For how long nobody has called either side. */
  readonly silentMs: number;
}

export interface StepBounds {
  /** Calls of its own that the candidate must have answered before the next step. */
  readonly leastCalls: number;
  /** The step ends then, with fewer calls too. */
  readonly longestMs: number;
  /** So long without any call at all, and there is nothing to wait for. */
  readonly quietMs: number;
}

/** What is done next, and why, in words. */
export interface Verdict {
  readonly kind: "go on" | "wait" | "return";
  readonly why: string;
}

/** A difference that is as unlikely as this between two that are alike is one. */
export const differs = 1e-5;
/** One that is as unlikely as this is waited for: more calls tell. */
export const doubtful = 1e-3;

export const slowRule: SlowRule = {
  coldCalls: 20,
  leastCalls: 20,
  times: 3,
  moreMs: 50,
  leastShare: 0.2,
};

/**
 * Judges a candidate by what it and the old one have answered, side by side. In this order:
 *
 * 1. It ended, failed its health checks or was ejected: return, whatever the numbers say.
 * 2. Of a method, the share of calls that end with one code and reason differs between the two, to either side, so far that
 *    two that are alike would differ so in one of 100,000 cases (`differs`): return. The test is exact and compares within each step
 *    only, since what changes between two steps changes for both; evidence of all steps counts together.
 * 3. At least a fifth of the candidate's calls of a method take longer than three times the old one's 95th percentile of
 *    this step and 50 ms more, by the same test: return. Its first 20 calls of each method do not count, nor do streams.
 * 4. The step has lasted for its longest time, or nobody calls any more: go on, since nothing speaks against it.
 * 5. It has not answered its least number of calls: wait.
 * 6. A share differs as it would in one of 1,000 cases (`doubtful`): wait, until twice the least number is answered.
 * 7. Go on.
 */
export function judge(evidence: Evidence, bounds: StepBounds): Verdict {
  const { windows, trouble, isStream } = evidence;
  if (trouble !== undefined) return { kind: "return", why: trouble };
  const ends = endsOf(windows);
  const differing = ends.filter(({ chance }) => chance <= differs);
  // What is no success says more than that there are fewer of those.
  const told = differing.find(({ code }) => code !== "OK") ?? differing[0];
  if (told !== undefined) return { kind: "return", why: showEnd(told) };
  const [slow] = slowCalls(windows, slowRule, isStream);
  if (slow !== undefined && slow.chance <= differs) return { kind: "return", why: showSlow(slow) };
  return goOn(evidence, bounds) ?? wait(windows, ends[0], bounds);
}

function goOn(
  { windows, heldMs, silentMs }: Evidence,
  { longestMs, quietMs, leastCalls }: StepBounds,
): Verdict | undefined {
  const calls = windows.at(-1)?.candidate.length ?? 0;
  const has = `${calls} of ${leastCalls} calls answered`;
  if (heldMs >= longestMs)
    return { kind: "go on", why: `${has} in ${seconds(longestMs)}, and nothing speaks against it` };
  if (heldMs >= quietMs && silentMs >= quietMs && calls < leastCalls)
    return { kind: "go on", why: `${has}, and nobody has called for ${seconds(quietMs)}` };
  return undefined;
}

function wait(windows: readonly Window[], end: End | undefined, { leastCalls }: StepBounds): Verdict {
  const calls = windows.at(-1)?.candidate.length ?? 0;
  if (calls < leastCalls) return { kind: "wait", why: `${calls} of ${leastCalls} calls of its own answered` };
  if (end !== undefined && end.chance <= doubtful && calls < 2 * leastCalls)
    return { kind: "wait", why: `more calls tell whether this is by chance: ${showEnd(end)}` };
  return { kind: "go on", why: `${calls} calls answered as the old one answers them` };
}

function showEnd({ method, code, reason, ...end }: End): string {
  const answer = reason === undefined ? code : `${code} / ${reason}`;
  return (
    `${nameOf(method)} ends with ${answer} in ${end.candidate} of ${end.ofCandidate} calls of the candidate ` +
    `and in ${end.old} of ${end.ofOld} of the old one`
  );
}

function showSlow({ method, limitMs, oldP95Ms, ...slow }: SlowCalls): string {
  return (
    `${nameOf(method)} takes longer than ${limitMs.toFixed(0)} ms in ${slow.candidate} of ${slow.ofCandidate} calls of the ` +
    `candidate and in ${slow.old} of ${slow.ofOld} of the old one, whose 95th percentile is ${oldP95Ms.toFixed(0)} ms`
  );
}

function nameOf(method: string): string {
  return method.slice(method.lastIndexOf("/") + 1);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(0)} s`;
}
