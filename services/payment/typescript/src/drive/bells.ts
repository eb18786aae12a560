import { EventEmitter, once } from "node:events";

/** Tells those who wait in this process that a payment's log has grown. Other processes are found out by looking. */
export interface Bells {
  ring(payment: string): void;
  /** Starts listening at once. */
  listen(payment: string): Listening;
}

export interface Listening extends Disposable {
  /** Resolves when it rang since the last time, or when the time is over. Rejects with the signal's reason. */
  heard(withinMs: number, signal: AbortSignal): Promise<void>;
}

export function createBells(): Bells {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    ring: (payment) => emitter.emit(payment),
    listen: (payment) => listen(emitter, payment),
  };
}

function listen(emitter: EventEmitter, payment: string): Listening {
  const local = new EventEmitter();
  let rang = false;
  const hear = () => {
    rang = true;
    local.emit("rang");
  };
  emitter.on(payment, hear);
  return {
    heard: async (withinMs, signal) => {
      signal.throwIfAborted();
      if (!rang) await firstOf(local, withinMs, signal);
      rang = false;
    },
    [Symbol.dispose]: () => {
      emitter.off(payment, hear);
    },
  };
}

async function firstOf(local: EventEmitter, withinMs: number, signal: AbortSignal): Promise<void> {
  const over = AbortSignal.timeout(withinMs);
  try {
    await once(local, "rang", { signal: AbortSignal.any([over, signal]) });
  } catch {
    signal.throwIfAborted();
  }
}
