export interface WorkLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

/** Does so many things at a time; others wait in their order, so many at the most. */
export class WorkQueue {
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;

  constructor(readonly limits: WorkLimits) {}

  /** False when there is no room: then it is not done. */
  add(job: () => Promise<void>): boolean {
    if (this.#waiting.length >= this.limits.waiting) return false;
    this.#waiting.push(job);
    this.#next();
    return true;
  }

  #next(): void {
    while (this.#running < this.limits.atOnce) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#running += 1;
      void job().finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
  }
}
