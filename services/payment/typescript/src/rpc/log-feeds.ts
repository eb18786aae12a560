import { EventEmitter, once } from "node:events";
import type { ChangeNotifier } from "../drive/change-notifier.js";
import { lastEvent, type PaymentLog } from "../saga/payment-log.js";
import { catchUp, type PaymentStore } from "../store/payment-store.js";

/** How often to poll for what other processes have added. */
const POLL_MS = 250;

interface LogFeedsOptions {
  readonly store: Pick<PaymentStore, "eventsAfter">;
  readonly changes: ChangeNotifier;
}

/** The logs of payments that are watched: the store is asked for each once, however many watch it. */
export interface LogFeeds {
  /** From a log on. The store is polled until every feed of the payment is disposed of. */
  open(log: PaymentLog): LogFeed;
}

export interface LogFeed extends Disposable {
  /** The log, as soon as it has more events than one. Rejects with the signal's reason, or when the store cannot be reached. */
  grown(log: PaymentLog, signal: AbortSignal): Promise<PaymentLog>;
}

/** What the feeds of one payment share. */
interface Shared {
  log: PaymentLog;
  feeds: number;
  failure?: { readonly error: unknown };
  readonly news: EventEmitter;
  /** Aborted when the last of them is disposed of. */
  readonly left: AbortController;
}

export function createLogFeeds({ store, changes }: LogFeedsOptions): LogFeeds {
  const shares = new Map<string, Shared>();

  function share(log: PaymentLog): Shared {
    const present = shares.get(log.intent.id);
    if (present !== undefined) return present;
    const news = new EventEmitter().setMaxListeners(0);
    const shared: Shared = { log, feeds: 0, news, left: new AbortController() };
    shares.set(log.intent.id, shared);
    void poll(shared);
    return shared;
  }

  function forget(shared: Shared): void {
    const { id } = shared.log.intent;
    if (shares.get(id) === shared) shares.delete(id);
  }

  async function poll(shared: Shared): Promise<void> {
    using subscription = changes.subscribe(shared.log.intent.id);
    try {
      for (;;) {
        await subscription.nextChange(POLL_MS, shared.left.signal);
        shared.log = await catchUp(store, shared.log);
        shared.news.emit("news");
      }
    } catch (error) {
      shared.failure = { error };
      forget(shared);
      shared.news.emit("news");
    }
  }

  return {
    open(log) {
      const shared = share(log);
      shared.feeds += 1;
      return {
        grown: (known, signal) => grown(shared, known, signal),
        [Symbol.dispose]() {
          shared.feeds -= 1;
          if (shared.feeds > 0) return;
          forget(shared);
          shared.left.abort();
        },
      };
    },
  };
}

async function grown(shared: Shared, known: PaymentLog, signal: AbortSignal): Promise<PaymentLog> {
  for (;;) {
    signal.throwIfAborted();
    if (lastEvent(shared.log).sequence > lastEvent(known).sequence) return shared.log;
    if (shared.failure !== undefined) throw shared.failure.error;
    await once(shared.news, "news", { signal }).catch(() => undefined);
  }
}
