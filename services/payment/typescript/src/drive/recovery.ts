import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Log } from "@theseus/kit";
import type { Marker, PaymentStore } from "../store/payment-store.js";
import type { Recover } from "./recover.js";
import { createRecoveryQueue } from "./recovery-queue.js";

export interface RecoveryParts {
  readonly store: Pick<PaymentStore, "marksBefore">;
  readonly recover: Recover;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** How old a mark must be before its payment is taken up, in ms. */
  readonly recoverAfterMs: number;
}

const ROUND_MS = 1000;

/** Takes up unfinished payments about once a second, until it is disposed of. */
export function startRecovery(parts: RecoveryParts): AsyncDisposable {
  const { store, recover, clock, log, random, recoverAfterMs } = parts;
  const stopping = new AbortController();
  const queue = createRecoveryQueue(clock);
  const underWay = new Set<Promise<void>>();
  let failing = false;
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().then(
        () => tell(false),
        (err: unknown) => tell(true, err),
      );
      const jitter = 0.5 + random();
      await sleep(ROUND_MS * jitter, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(underWay);
  }

  /** One line when the store is lost and one when it is back, not one a second. */
  function tell(fails: boolean, err?: unknown): void {
    if (fails && !failing) log.warn({ event: "recovery", err }, "the recovery cannot do its rounds");
    if (!fails && failing) log.info({ event: "recovery" }, "the recovery does its rounds again");
    failing = fails;
  }

  /** What is under way is not waited for: new marks are seen while slow payments are worked on. */
  async function look(): Promise<void> {
    const marks: Marker[] = [];
    for await (const marker of store.marksBefore(new Date(clock.now().getTime() - recoverAfterMs)))
      marks.push(marker);
    queue.put(marks);
    fillPlaces();
  }

  function fillPlaces(): void {
    while (!stopping.signal.aborted) {
      const marker = queue.take();
      if (marker === undefined) return;
      const work = takeUp(marker).finally(() => underWay.delete(work));
      underWay.add(work);
    }
  }

  async function takeUp(marker: Marker): Promise<void> {
    const { payment } = marker;
    const done = await recover(marker).catch((err: unknown) => {
      log.warn({ event: "recovery", payment, err }, "a payment could not be recovered");
      return false;
    });
    queue.giveBack(payment, { done });
    fillPlaces();
  }

  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await running;
    },
  };
}
