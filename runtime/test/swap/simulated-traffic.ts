import type { Call } from "../../src/numbers/call.js";
import type { Window } from "../../src/swap/evidence.js";

/** Numbers from 0 to below 1, the same for the same seed: Mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Answers one call, with what may be wrong with an instance. */
export type Answer = (random: () => number) => Call;

const time = "2026-01-01T00:00:00.000Z";

/** How often each call comes, and each end of it: the first is what is left. */
const harbour: readonly (readonly [method: string, part: number, ends: Readonly<Record<string, number>>])[] =
  [
    ["GetBerth", 0.5, { OK: 0, NOT_FOUND: 0.03 }],
    ["BookBerth", 0.2, { OK: 0, FAILED_PRECONDITION: 0.1, RESOURCE_EXHAUSTED: 0.01 }],
    ["PayDues", 0.2, { OK: 0, FAILED_PRECONDITION: 0.5, INVALID_ARGUMENT: 0.2, UNAVAILABLE: 0.002 }],
    ["Sail", 0.1, { OK: 0, CANCELLED: 0.3 }],
  ];

/** Of a harbour in which much goes wrong, as it must. Durations have a long tail. */
export const sound: Answer = (random) => {
  const [method, , ends] = pick(harbour, random(), ([, part]) => part);
  const [code] = pick(Object.entries(ends).reverse(), random(), ([, part]) => part);
  return { time, method: `/harbour/${method}`, code, durationMs: 4 / (1 - random()) ** 0.7 };
};

/** One step: calls fall to the candidate at random by its share until it has answered so many. */
export function simulate(
  share: number,
  calls: number,
  { old, candidate }: { readonly old: Answer; readonly candidate: Answer },
  random: () => number,
): Window {
  const window = { old: [] as Call[], candidate: [] as Call[] };
  while (window.candidate.length < calls)
    if (random() < share) window.candidate.push(candidate(random));
    else window.old.push(old(random));
  return window;
}

/** What the look at a window finds when the candidate has answered only so many. */
export function cut({ old, candidate }: Window, calls: number): Window {
  const part = calls / candidate.length;
  return { old: old.slice(0, old.length * part), candidate: candidate.slice(0, calls) };
}

/** By parts of 1; the last one is what is left. */
function pick<Value>(values: readonly Value[], at: number, part: (value: Value) => number): Value {
  let left = at;
  for (const value of values) {
    left -= part(value);
    if (left < 0) return value;
  }
  return values.at(-1) as Value;
}
