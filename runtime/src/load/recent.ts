import { latency } from "../numbers/recent-calls.js";

const windowMs = 10_000;

interface Ended {
  readonly atMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

/** The calls of the last ten seconds. */
export class Recent {
  #ended: Ended[] = [];

  constructor(readonly sinceMs: number) {}

  add(ended: Ended): void {
    this.#ended.push(ended);
    const [first] = this.#ended;
    // Nobody may look for hours: what is old goes when it is as much again as what is not.
    if (first !== undefined && first.atMs < ended.atMs - 2 * windowMs) this.#forget(ended.atMs);
  }

  /** @param nowMs  on the clock of what was added */
  numbers(nowMs: number) {
    this.#forget(nowMs);
    const ended = this.#ended;
    const seconds = Math.max(1, Math.min(windowMs, nowMs - this.sinceMs) / 1_000);
    const failed = ended.filter((each) => each.failed).length;
    return {
      callsPerSecond: ended.length / seconds,
      failedShare: ended.length === 0 ? 0 : failed / ended.length,
      p95Ms: latency(ended).p95,
    };
  }

  #forget(nowMs: number): void {
    this.#ended = this.#ended.filter(({ atMs }) => atMs > nowMs - windowMs);
  }
}
