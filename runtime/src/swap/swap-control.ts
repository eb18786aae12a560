import { setTimeout as sleep } from "node:timers/promises";
import { Fault, UsageFault } from "../fault.js";

/** What a person does to a swap that is under way. */
export type Steering = "pause" | "resume" | "abort";

/** Somebody has ended the swap. */
export class AbortedFault extends Fault {}

/** Holds, continues and ends one swap. */
export class SwapControl {
  readonly #abort = new AbortController();
  #held: "paused" | "asked" | undefined;
  #isDecided = false;

  get held(): "paused" | "asked" | undefined {
    return this.#held;
  }

  /**
   * Answers what comes of it.
   *
   * @throws UsageFault when it makes no sense
   */
  steer(steering: Steering): string {
    if (this.#isDecided)
      throw new UsageFault(
        "The swap is decided: nothing of it can be held any more.",
        "Wait until it is done.",
      );
    switch (steering) {
      case "pause":
        if (this.#held === undefined) this.#held = "paused";
        return "it stays where it is from now on; --resume lets it go on, --abort takes it back";
      case "resume":
        if (this.#held === undefined)
          throw new UsageFault("The swap is not held.", "theseus swap status shows it.");
        this.#held = undefined;
        return "it goes on";
      case "abort":
        this.#abort.abort(new AbortedFault("It was aborted.", "theseus swap begins it anew."));
        return "it is taken back";
      default:
        return steering satisfies never;
    }
  }

  /** Holds it until somebody says yes. */
  ask(): void {
    this.#held = "asked";
  }

  /** From now on it goes to its end. */
  decide(): void {
    this.#isDecided = true;
    this.#held = undefined;
  }

  /** @throws AbortedFault once it is aborted */
  check(): void {
    this.#abort.signal.throwIfAborted();
  }

  /** Waits for something that takes no notice of it. Rejects as soon as it is aborted. */
  async orAbort<Value>(work: Promise<Value>): Promise<Value> {
    const { signal } = this.#abort;
    signal.throwIfAborted();
    let onAbort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
    });
    return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", onAbort));
  }

  /** @param signal  of the supervisor, which ends */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.orAbort(sleep(ms, undefined, { signal }));
  }
}
