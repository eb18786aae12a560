import type { Call } from "../numbers/call.js";
import { latency } from "../numbers/recent-calls.js";
import { endsOf, type Window } from "./evidence.js";
import type { SideNumbers, StepNumbers } from "./swap-status.js";

export interface Sides<Value> {
  readonly old: Value;
  readonly candidate: Value;
}

/** What both sides have answered in one step, for people. */
export function stepNumbers(
  window: Window,
  names: Sides<readonly string[]>,
  isStream: (method: string) => boolean,
): StepNumbers {
  const side = (instances: readonly string[], calls: readonly Call[]): SideNumbers => {
    const { p50, p95 } = latency(calls.filter(({ method }) => !isStream(method)));
    return { instances, calls: calls.length, p50Ms: p50, p95Ms: p95 };
  };
  const ends = endsOf([window]).map(({ chance: _, ...end }) => end);
  return {
    old: side(names.old, window.old),
    candidate: side(names.candidate, window.candidate),
    ends: ends.sort((a, b) => b.old + b.candidate - (a.old + a.candidate)),
  };
}
