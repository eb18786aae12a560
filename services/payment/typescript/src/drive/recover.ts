import type { Clock, Log } from "@theseus/kit";
import { isSettled, lastEvent, type PaymentLog, stateOf } from "../saga/payment-log.js";
import type { Marker, PaymentStore } from "../store/payment-store.js";
import type { Driver } from "./driver.js";
import { startContext } from "./request-context.js";
import { neverRetry } from "./retry-policy.js";

/** Takes up one mark. True when nothing is left to do for it. */
export type Recover = (marker: Marker) => Promise<boolean>;

export interface RecoverParts {
  readonly store: PaymentStore;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly log: Log;
}

/** How old a mark without an intent must be before it is removed. */
const ORPHAN_MS = 3_600_000;

export function createRecover({ store, driver, clock, log }: RecoverParts): Recover {
  return async (marker) => {
    const payment = await store.load(marker.payment);
    if (payment === undefined) return removeOrphan(marker);
    if (!isSettled(payment)) return takeUp(payment);
    // A mark beyond the end of the log belongs to a refund that may be written any moment.
    if (lastEvent(payment).sequence < marker.sequence) return false;
    await store.unmark(marker.payment, lastEvent(payment).sequence);
    return true;
  };

  async function takeUp(payment: PaymentLog): Promise<boolean> {
    const context = startContext(log);
    const { kind, log: after } = await driver.drive(payment, context, neverRetry);
    const facts = {
      event: "recovery",
      payment: payment.intent.id,
      from: stateOf(payment),
      to: stateOf(after),
    };
    context.log.info(facts, kind === "settled" ? "recovered a payment" : "a payment is still waiting");
    return kind === "settled";
  }

  /** The mark of a payment that never began. Its place is taken first: its caller might still insert the intent. */
  async function removeOrphan({ payment, time }: Marker): Promise<boolean> {
    if (clock.now().getTime() - time.getTime() < ORPHAN_MS) return false;
    await store.insertVoid(payment, clock.now());
    if ((await store.load(payment)) !== undefined) return false;
    await store.unmark(payment, 1);
    log.info({ event: "recovery", payment }, "removed the mark of a payment that never began");
    return true;
  }
}
