/** From a loss to the next call: half of it at least, so that many streams that are lost at once do not come at once. */
const FIRST_MS = 100;
const LONGEST_MS = 1000;

export interface BackOffOptions {
  /** How long there may be no progress, in ms. */
  readonly limitMs: number;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** A clock that is never set back, in ms. */
  readonly now?: () => number;
}

/** When to try again, and until when. */
export interface BackOff {
  /** A try begins. */
  begin(): void;
  /** The try has brought something: what comes next is not a repetition. */
  progress(): void;
  /** How long to wait for the next try, in ms; undefined when that would be too late. */
  next(): number | undefined;
}

/**
 * Waits twice as long after each try that fails. The time without progress begins with the first loss; a try that lasts
 * as long as the limit is progress too, since a stream may have nothing to tell.
 */
export function createBackOff({
  limitMs,
  random = Math.random,
  now = () => performance.now(),
}: BackOffOptions): BackOff {
  let begun = now();
  let lostSince: number | undefined;
  let failures = 0;

  function progress(): void {
    lostSince = undefined;
    failures = 0;
  }

  return {
    begin: () => {
      begun = now();
    },
    progress,
    next: () => {
      const lost = now();
      if (lost - begun >= limitMs) progress();
      lostSince ??= lost;
      const ms = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures++) * (0.5 + random() / 2);
      return lost + ms - lostSince < limitMs ? ms : undefined;
    },
  };
}
