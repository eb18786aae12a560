import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, Log } from "@theseus/kit";
import type { PaymentStore } from "../store/payment-store.js";
import { createBackOff } from "./back-off.js";
import type { Recover } from "./recover.js";

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
const AT_ONCE = 8;

/** Takes up unfinished payments about once a second, until it is disposed of. */
export function startRecovery(parts: RecoveryParts): AsyncDisposable {
  const { store, recover, clock, log, random, recoverAfterMs } = parts;
  const stopping = new AbortController();
  const backOff = createBackOff(clock);
  let failing = false;
  const running = run();

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await round().then(
        () => tell(false),
        (err: unknown) => tell(true, err),
      );
      const jitter = 0.5 + random();
      await sleep(ROUND_MS * jitter, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** One line when the store is lost and one when it is back, not one a second. */
  function tell(fails: boolean, err?: unknown): void {
    if (fails && !failing) log.warn({ event: "recovery", err }, "the recovery cannot do its rounds");
    if (!fails && failing) log.info({ event: "recovery" }, "the recovery does its rounds again");
    failing = fails;
  }

  async function round(): Promise<void> {
    const seen = new Set<string>();
    const underWay = new Set<Promise<void>>();
    for await (const marker of store.marksBefore(new Date(clock.now().getTime() - recoverAfterMs))) {
      if (stopping.signal.aborted) break;
      const fresh = !seen.has(marker.payment);
      seen.add(marker.payment);
      if (!fresh || backOff.isHeld(marker.payment)) continue;
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
      const work = recover(marker)
        .catch((err: unknown) => {
          log.warn({ event: "recovery", payment: marker.payment, err }, "a payment could not be recovered");
          return false;
        })
        .then((done) => (done ? backOff.clear(marker.payment) : backOff.hold(marker.payment)))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
    backOff.keepOnly(seen);
  }

  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await running;
    },
  };
}
