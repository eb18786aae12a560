import { EventEmitter, once } from "node:events";

/** Tells subscribers in this process that a payment's log has grown. Events of other processes are found by polling. */
export interface ChangeNotifier {
  notifyOf(payment: string): void;
  /** From now on; a change before the first wait counts as well. */
  subscribe(payment: string): Subscription;
}

export interface Subscription extends Disposable {
  /** Resolves at a change since the last wait, or when the time is over. Rejects with the signal's reason. */
  nextChange(withinMs: number, signal: AbortSignal): Promise<void>;
}

export function createChangeNotifier(): ChangeNotifier {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    notifyOf: (payment) => emitter.emit(payment),
    subscribe: (payment) => subscribe(emitter, payment),
  };
}

function subscribe(emitter: EventEmitter, payment: string): Subscription {
  const local = new EventEmitter();
  let changed = false;
  const onChange = () => {
    changed = true;
    local.emit("changed");
  };
  emitter.on(payment, onChange);
  return {
    nextChange: async (withinMs, signal) => {
      signal.throwIfAborted();
      if (!changed) await firstOf(local, withinMs, signal);
      changed = false;
    },
    [Symbol.dispose]: () => {
      emitter.off(payment, onChange);
    },
  };
}

async function firstOf(local: EventEmitter, withinMs: number, signal: AbortSignal): Promise<void> {
  const over = AbortSignal.timeout(withinMs);
  try {
    await once(local, "changed", { signal: AbortSignal.any([over, signal]) });
  } catch {
    signal.throwIfAborted();
  }
}
