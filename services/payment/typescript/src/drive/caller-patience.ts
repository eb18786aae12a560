import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Clock } from "@theseus/kit";
import type { Patience } from "./driver.js";

const MARGIN_MS = 500;
const PROVIDER_TRIES = 3;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1000;

/** Asks again ever more slowly, but of a provider that says nothing at all only a few times. */
export function callersPatience(clock: Clock, longestMs: number): Patience {
  const begun = clock.now().getTime();
  return (tries, state) => {
    if (state === "CREATED" && tries >= PROVIDER_TRIES) return undefined;
    if (clock.now().getTime() - begun > longestMs) return undefined;
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
  };
}

/** The work's outcome, or undefined when the call has to be answered before; the work goes on. */
export async function beforeDeadline<T>(
  work: Promise<T>,
  { deadline, signal }: Call,
  clock: Clock,
): Promise<T | undefined> {
  const leftMs = deadline.getTime() - clock.now().getTime();
  const waitMs = Math.max(0, leftMs - Math.min(MARGIN_MS, leftMs / 4));
  const answered = new AbortController();
  const late = sleep(waitMs, undefined, { signal: AbortSignal.any([answered.signal, signal]) });
  try {
    return await Promise.race([work, late.catch(() => undefined)]);
  } finally {
    answered.abort();
  }
}
