import { setTimeout as sleep } from "node:timers/promises";
import type { Call, Clock } from "@theseus/kit";

const MARGIN_MS = 500;

/** The outcome of some work; undefined when the call has to be answered earlier, while the work goes on. */
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
