export interface BackOffOptions {
  /** Pause before the first new start. Default 200 ms; it doubles with each. */
  readonly firstMs?: number;
  /** Longest pause. Default 1 s: others wait for what a process gives them. */
  readonly longestMs?: number;
  /** How long a process must have served for the next pause to be short again. Default 30 s. */
  readonly calmAfterMs?: number;
  /** From 0 up to 1. */
  readonly random?: () => number;
}

/** Pauses between starts of a process that keeps ending: exponential, with up to a quarter of jitter. */
export function createBackOff(options: BackOffOptions = {}): (servedMs: number) => number {
  const { firstMs = 200, longestMs = 1_000, calmAfterMs = 30_000, random = Math.random } = options;
  let failures = 0;
  return (servedMs) => {
    failures = servedMs >= calmAfterMs ? 0 : failures;
    const pause = Math.min(longestMs, firstMs * 2 ** failures);
    failures += 1;
    return Math.round(pause * (0.75 + 0.25 * random()));
  };
}
