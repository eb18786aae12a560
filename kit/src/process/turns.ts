/** Lets those who want the same go one after the other, in the order in which they came. */
export interface Turns {
  /**
   * Resolves with the turn, which has to be disposed of for the next one to go; with undefined when the time is over before.
   * Rejects with the signal's reason.
   */
  take(key: string, withinMs: number, signal: AbortSignal): Promise<Disposable | undefined>;
}

/**
 * Turns within one process: each key has its own.
 *
 * @example
 * using turn = await turns.take(order, 500, call.signal);
 */
export function createTurns(): Turns {
  /** Who waits for each key, while somebody has its turn. */
  const queues = new Map<string, Set<() => void>>();

  function pass(key: string): void {
    const waiting = queues.get(key) ?? new Set();
    const [next] = waiting;
    if (next === undefined) queues.delete(key);
    else waiting.delete(next);
    next?.();
  }

  return {
    take: async (key, withinMs, signal) => {
      signal.throwIfAborted();
      const turn = { [Symbol.dispose]: () => pass(key) };
      const waiting = queues.get(key);
      if (waiting === undefined) {
        queues.set(key, new Set());
        return turn;
      }
      if (await isCalled(waiting, AbortSignal.any([AbortSignal.timeout(withinMs), signal]))) return turn;
      signal.throwIfAborted();
      return undefined;
    },
  };
}

/** True when the turn has come, false when the wait was over before. */
function isCalled(waiting: Set<() => void>, over: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const call = () => resolve(true);
    const leave = () => {
      // Too late for one that is called already: it has the turn.
      if (waiting.delete(call)) resolve(false);
    };
    waiting.add(call);
    over.addEventListener("abort", leave, { once: true });
    if (over.aborted) leave();
  });
}
