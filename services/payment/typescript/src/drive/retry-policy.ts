import type { Clock } from "@theseus/kit";
import type { EventType } from "../saga/saga.js";

/**
 * How long to wait before a question is asked again, in ms, after `tries` in a row without a definite answer; undefined
 * to leave the payment to the recovery.
 */
export type RetryPolicy = (tries: number, state: EventType) => number | undefined;

const PROVIDER_TRIES = 3;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1000;

/** Asks once. */
export const neverRetry: RetryPolicy = () => undefined;

/**
 * Doubles the wait each time, and ends after a while. A provider that does not answer the authorisation is asked only a
 * few times.
 */
export function exponentialRetry(clock: Clock, longestMs: number): RetryPolicy {
  const begun = clock.now().getTime();
  return (tries, state) => {
    if (state === "CREATED" && tries >= PROVIDER_TRIES) return undefined;
    if (clock.now().getTime() - begun > longestMs) return undefined;
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  };
}
