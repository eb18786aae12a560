import { setTimeout as sleep } from "node:timers/promises";
import type { Fields, Value } from "../../src/cases/case.js";

const DEVIATIONS = [
  "ok",
  "unavailable",
  "internal",
  "bare",
  "no-outcome",
  "lose",
  "hold",
  "hold-all",
  "meet",
] as const;

/**
 * How a played peer deviates, one word a call, then honestly on:
 * `ok`; `unavailable` and `internal` (not done, refused with this); `bare` (not done, FAILED_PRECONDITION without a
 * reason); `no-outcome` (not done, answered with the outcome UNSPECIFIED); `lose` (done, never answered); `hold` (neither done
 * nor answered until a step says so, or never); `hold-all` (this call and all after it are held until then); `meet`
 * (waits for a second call that meets, so that both are answered at once).
 */
export type Deviation = (typeof DEVIATIONS)[number];

const MEET_MS = 3000;

/** Carries a held call out; its caller is told or not. */
export type Held = (how: "answered" | "unanswered") => void;

/** A call as it came. */
export interface Seen {
  readonly request: Value;
  readonly metadata: Fields;
}

/** What becomes of the calls of one case, by method: `provider.Capture` and the like. */
export class Script {
  readonly #next = new Map<string, Deviation[]>();
  readonly #held = new Map<string, Held[]>();
  readonly #seen = new Map<string, Seen[]>();
  readonly #meeting = new Map<string, () => void>();

  /** Appends deviations for the next calls of a method. */
  append(method: string, deviations: readonly string[]): void {
    for (const deviation of deviations) {
      if (!DEVIATIONS.some((known) => known === deviation))
        throw new Error(`"${deviation}" is not one of ${DEVIATIONS.join(", ")}`);
    }
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...(deviations as Deviation[])]);
  }

  take(method: string, seen: Seen = { request: {}, metadata: {} }): Deviation {
    this.#seen.set(method, [...this.seen(method), seen]);
    const next = this.#next.get(method);
    return next?.[0] === "hold-all" ? "hold-all" : (next?.shift() ?? "ok");
  }

  hold(method: string, held: Held): void {
    this.#held.set(method, [...(this.#held.get(method) ?? []), held]);
  }

  /** Carries out all that is held of a method, and holds no more. */
  release(method: string, how: "answered" | "unanswered"): void {
    const held = this.#held.get(method) ?? [];
    this.#held.delete(method);
    if (this.#next.get(method)?.[0] === "hold-all") this.#next.get(method)?.shift();
    for (const carryOut of held) carryOut(how);
  }

  /** Waits for the other call that meets; not for ever, for there may be no other. */
  async meet(method: string): Promise<void> {
    const other = this.#meeting.get(method);
    if (other !== undefined) {
      this.#meeting.delete(method);
      return other();
    }
    const waiting = new AbortController();
    this.#meeting.set(method, () => waiting.abort());
    await sleep(MEET_MS, undefined, { signal: waiting.signal }).catch(() => undefined);
    if (!waiting.signal.aborted) this.#meeting.delete(method);
  }

  seen(method: string): readonly Seen[] {
    return this.#seen.get(method) ?? [];
  }

  calls(method: string): number {
    return this.seen(method).length;
  }

  /** Waits until a method was called so many times. */
  async reached(method: string, times: number, withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    while (this.calls(method) < times) {
      if (Date.now() > until)
        throw new Error(`${method} was called ${this.calls(method)} times, not ${times}`);
      await sleep(10);
    }
  }
}
