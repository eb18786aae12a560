import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { Gaps } from "./gaps.js";

/** Time on the clock of `performance.now()`, in milliseconds. */
export interface LoopClock {
  now(): number;
  /** Resolves at a time, or when the signal is aborted. */
  until(atMs: number, signal: AbortSignal): Promise<void>;
}

export interface OpenLoopOptions {
  readonly gaps: Gaps;
  /** Ends the starts. */
  readonly signal: AbortSignal;
  /** How long after the call there are starts. Default: until `signal` is aborted. */
  readonly forMs?: number;
  /** How many may be under way. Default: any number. */
  readonly most?: number;
  /** Told of each that was due while `most` were under way; it is not started later. */
  readonly full?: (dueMs: number) => void;
  readonly clock?: LoopClock;
}

const realClock: LoopClock = {
  now: () => performance.now(),
  until: async (atMs, signal) => {
    const leftMs = atMs - performance.now();
    // What is due already must not keep others from being answered.
    if (leftMs <= 0) await setImmediate();
    else await sleep(leftMs, undefined, { signal }).catch(() => {});
  },
};

/**
 * Starts one after the other at times that do not depend on how long those before take. Each is told when it was due, from which
 * latency has to be counted: one that starts late, since the machine is busy, has waited already. Resolves when the last has ended.
 *
 * @throws what one of them rejects with, once all have ended
 */
export async function startInOpenLoop(
  start: (dueMs: number) => Promise<void>,
  { gaps, signal, forMs = Number.POSITIVE_INFINITY, most, full, clock = realClock }: OpenLoopOptions,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const rejections: unknown[] = [];
  const beganMs = clock.now();
  for (let dueMs = beganMs + gaps(); dueMs - beganMs < forMs; dueMs += gaps()) {
    await clock.until(dueMs, signal);
    if (signal.aborted) break;
    if (most !== undefined && underWay.size >= most) {
      full?.(dueMs);
      continue;
    }
    const one = start(dueMs)
      .catch((error: unknown) => void rejections.push(error))
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
  if (rejections.length > 0) throw rejections[0];
}
