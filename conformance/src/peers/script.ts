import { setTimeout as sleep } from "node:timers/promises";

/**
 * How a played peer deviates, one word a call, then honestly on:
 * `ok`; `unavailable` (not done, refused with UNAVAILABLE); `lose` (done, never answered); `hold` (neither done nor
 * answered: it may still be delivered, late).
 */
export type Deviation = "ok" | "unavailable" | "lose" | "hold";

const DEVIATIONS: readonly string[] = ["ok", "unavailable", "lose", "hold"];

/** Which deviation each call of a method meets, `provider.Capture` and the like, and the calls that are held. */
export class Script {
  readonly #next = new Map<string, Deviation[]>();
  readonly #held = new Map<string, (() => void)[]>();
  readonly #calls = new Map<string, number>();

  constructor(script: { readonly [method: string]: readonly string[] }) {
    for (const [method, deviations] of Object.entries(script)) this.append(method, deviations);
  }

  /** Appends deviations for the next calls of a method. */
  append(method: string, deviations: readonly string[]): void {
    for (const deviation of deviations) {
      if (!DEVIATIONS.includes(deviation))
        throw new Error(`"${deviation}" is not one of ${DEVIATIONS.join(", ")}`);
    }
    this.#next.set(method, [...(this.#next.get(method) ?? []), ...(deviations as Deviation[])]);
  }

  take(method: string): Deviation {
    this.#calls.set(method, (this.#calls.get(method) ?? 0) + 1);
    return this.#next.get(method)?.shift() ?? "ok";
  }

  hold(method: string, deliver: () => void): void {
    this.#held.set(method, [...(this.#held.get(method) ?? []), deliver]);
  }

  /** Carries out all that is held of a method; whoever called is not told. */
  deliver(method: string): void {
    for (const deliver of this.#held.get(method) ?? []) deliver();
    this.#held.delete(method);
  }

  calls(method: string): number {
    return this.#calls.get(method) ?? 0;
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
