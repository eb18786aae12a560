import { Metadata } from "@grpc/grpc-js";
import { type Clock, continueTrace, type Log } from "@theseus/kit";
import { isSettled, lastEvent, type PaymentLog, stateOf } from "../saga/payment-log.js";
import type { Marker, PaymentStore } from "../store/payment-store.js";
import type { Driver } from "./driver.js";

/** Takes up one mark. True when nothing is left to do for it. */
export type Recover = (marker: Marker) => Promise<boolean>;

export interface RecoverParts {
  readonly store: PaymentStore;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a mark may wait for its intent. */
const ORPHAN_MS = 3_600_000;

export function createRecover({ store, driver, clock, log }: RecoverParts): Recover {
  return async (marker) => {
    const payment = await store.load(marker.payment);
    if (payment === undefined) return buryOrphan(marker);
    if (!isSettled(payment)) return takeUp(payment);
    // A mark beyond the end is of a refund that may be written any moment.
    if (lastEvent(payment).sequence < marker.sequence) return false;
    await store.unmark(marker.payment, lastEvent(payment).sequence);
    return true;
  };

  async function takeUp(payment: PaymentLog): Promise<boolean> {
    const { requestId, outgoing } = continueTrace(new Metadata());
    const child = log.child({ "x-request-id": requestId });
    const { kind, log: after } = await driver.drive(
      payment,
      { metadata: outgoing, log: child },
      () => undefined,
    );
    const facts = {
      event: "recovery",
      payment: payment.intent.id,
      from: stateOf(payment),
      to: stateOf(after),
    };
    child.info(facts, kind === "settled" ? "recovered a payment" : "a payment is still waiting");
    return kind === "settled";
  }

  /** Its caller may still be about to insert the intent: the place is taken first, so that it can't any more. */
  async function buryOrphan({ payment, time }: Marker): Promise<boolean> {
    if (clock.now().getTime() - time.getTime() < ORPHAN_MS) return false;
    await store.insertVoid(payment, clock.now());
    if ((await store.load(payment)) !== undefined) return false;
    await store.unmark(payment, 1);
    log.info({ event: "recovery", payment }, "removed the mark of a payment that never began");
    return true;
  }
}
