import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** How long the processors are looked at. */
const LOOK_MS = 60;
/** So much of one processor has to have been idle. */
const IDLE = 0.2;
/** For each that runs already, the next waits so long at the most: somebody else may be keeping the machine busy for good. */
const PATIENCE_MS = 500;

/**
 * Lets those who begin something in one after the other, each when the machine has time for it. What waits for a timer most
 * of its time can so be many, and what keeps a processor busy is few.
 */
export class Admission {
  #running = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param idleMs  how long the processors of the machine were idle, together, since some moment */
  constructor(readonly idleMs: () => number = idleOfMachine) {}

  /** Does the work as soon as there is room for it. */
  async admit<T>(work: () => Promise<T>): Promise<T> {
    this.#last = this.#last.then(() => this.#untilIdle());
    await this.#last;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  async #untilIdle(): Promise<void> {
    const began = performance.now();
    let idle = 0;
    while (this.#running > 0 && idle < IDLE && performance.now() - began < this.#running * PATIENCE_MS) {
      const before = this.idleMs();
      const since = performance.now();
      await sleep(LOOK_MS);
      idle = (this.idleMs() - before) / (performance.now() - since);
    }
    this.#running += 1;
  }
}

/** Of all processors together, since the machine began. */
function idleOfMachine(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
