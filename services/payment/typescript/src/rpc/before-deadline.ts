import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Clock } from "@theseus/kit";

const MARGIN_MS = 500;

/** For how long a call can wait before it has to be answered, in ms. */
export function patienceMs({ deadline }: Call, clock: Clock): number {
  const leftMs = deadline.getTime() - clock.now().getTime();
  return Math.max(0, Math.floor(leftMs - Math.min(MARGIN_MS, leftMs / 4)));
}

/** The outcome of some work; undefined when the call has to be answered earlier, while the work goes on. */
export async function beforeDeadline<T>(work: Promise<T>, call: Call, clock: Clock): Promise<T | undefined> {
  const answered = new AbortController();
  const signal = AbortSignal.any([answered.signal, call.signal]);
  const late = sleep(patienceMs(call, clock), undefined, { signal });
  try {
    return await Promise.race([work, late.catch(() => undefined)]);
  } finally {
    answered.abort();
  }
}
