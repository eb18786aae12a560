import { setTimeout as sleep } from "node:timers/promises";

/** What is wrong with a process; undefined when it is well. It may take the whole time, and longer. */
export type HealthCheck = (timeoutMs: number) => Promise<string | undefined>;

export interface HealthWatchOptions {
  /** Pause between an answer and the next question. Default 2 s. */
  readonly everyMs?: number;
  /** How long an answer may take. Default 6 s. */
  readonly timeoutMs?: number;
  /** So many bad answers in a row, or none, and the process is given up. Default 4. */
  readonly allowed?: number;
  readonly signal: AbortSignal;
  /** Default `Date.now`. */
  readonly now?: () => number;
}

/**
 * Asks until a process is beyond hope, and says why. With the defaults that is after some 30 s for one that does not
 * answer and 8 s for one that says that it is broken: no process that gets any time on a busy machine is that slow.
 */
export async function untilBroken(check: HealthCheck, options: HealthWatchOptions): Promise<string> {
  const { everyMs = 2_000, timeoutMs = 6_000, allowed = 4, signal, now = Date.now } = options;
  for (let bad = 0; ; ) {
    const asked = now();
    await sleep(everyMs, undefined, { signal });
    const problem = await within(check, timeoutMs, signal);
    // Whoever asks stood still itself, or had no time: such a silence says nothing.
    const late = now() - asked > everyMs + timeoutMs + 1_000;
    if (problem === undefined) bad = 0;
    else if (!late) bad += 1;
    if (problem !== undefined && bad >= allowed) return problem;
  }
}

async function within(
  check: HealthCheck,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([
      check(timeoutMs).catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
      sleep(timeoutMs, `no answer within ${timeoutMs / 1000} s`, {
        signal: AbortSignal.any([over.signal, signal]),
      }),
    ]);
  } finally {
    over.abort();
  }
}
