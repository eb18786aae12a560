import { ErrorReason, StatusError } from "@theseus/kit";

export interface WorkQueue {
  /** Runs the task in its turn. Rejects when the queue is full (RATE_LIMITED) or the signal is aborted earlier. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
  readonly running: number;
  readonly waiting: number;
}

export interface WorkQueueOptions {
  readonly atOnce: number;
  readonly waiting: number;
}

export function createWorkQueue(limits: WorkQueueOptions): WorkQueue {
  const turns = new Set<() => void>();
  let running = 0;
  return {
    get running() {
      return running;
    },
    get waiting() {
      return turns.size;
    },
    async run(task, signal) {
      signal.throwIfAborted();
      if (running < limits.atOnce) running++;
      else await turn(signal);
      try {
        signal.throwIfAborted();
        return await task();
      } finally {
        pass();
      }
    },
  };

  function turn(signal: AbortSignal): Promise<void> {
    if (turns.size >= limits.waiting) {
      throw new StatusError(ErrorReason.RATE_LIMITED, "too many calls that need a password checked");
    }
    return new Promise((resolve, reject) => {
      const start = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        turns.delete(start);
        reject(signal.reason);
      };
      turns.add(start);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Hands the place to the next task directly, so that no newcomer can take it in between. */
  function pass(): void {
    const [next] = turns;
    if (next === undefined) {
      running--;
      return;
    }
    turns.delete(next);
    next();
  }
}
