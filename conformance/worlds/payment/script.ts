import { setTimeout as sleep } from "node:timers/promises";
import type { Fields, Value } from "../../src/cases/value.js";
import type { Deviation } from "./deviation.js";

const MEET_MS = 3000;

/** Carries a held call out, and answers it or not. */
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
  append(method: string, deviations: readonly Deviation[]): void {
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...deviations]);
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

  /** Waits for the other call that meets, but not for ever, since there may be none. */
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
