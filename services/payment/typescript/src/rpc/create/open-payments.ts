import { PaymentService } from "@theseus/contract/es/theseus/payment/v1/payment_service_pb.js";
import { type Clock, ErrorReason, type Quota, quotasOf, StatusError } from "@theseus/kit";
import { asPaid, isSettled, type PaymentLog } from "../../saga/payment-log.js";
import type { PaymentStore, Slot } from "../../store/payment-store.js";

/** The payment that wants a slot. */
export type Applicant = Omit<Slot, "number" | "time">;

/** The slots of storage.md: no user has more payments open than the quota says. */
export interface OpenPayments {
  /**
   * Takes a slot. False when another call with the request id has one: its payment exists, or is about to begin.
   * @throws QUOTA_EXCEEDED when every slot has an open payment
   */
  enter(applicant: Applicant): Promise<boolean>;
  /** Gives the slot of a payment back that does not begin. */
  leave(applicant: Pick<Applicant, "user" | "payment">): Promise<void>;
}

export interface OpenPaymentsParts {
  readonly store: Pick<PaymentStore, "slots" | "takeSlot" | "freeSlot" | "loadAll" | "insertVoid">;
  readonly clock: Clock;
  readonly quota: Quota;
  /** How old the slot of a payment that has not begun must be before it is free, in ms. */
  readonly recoverAfterMs: number;
}

/** The same for a call with the same request id, in ms: longer than the questions before the intent may take. */
const SAME_REQUEST_MS = 3000;

export function createOpenPayments(parts: OpenPaymentsParts): OpenPayments {
  const { store, clock, quota, recoverAfterMs } = parts;
  const numbers = Array.from({ length: Number(quota.limit) }, (_, n) => n + 1);

  /** Who loses a slot to another looks again: each round somebody gets one. */
  async function enter(applicant: Applicant): Promise<boolean> {
    for (;;) {
      const taken = await store.slots(applicant.user);
      const same = taken.filter(({ requestId }) => requestId === applicant.requestId);
      const left = await findFree(same, SAME_REQUEST_MS);
      if (same.length > 0 && left === undefined) return false;
      const unused = numbers.find((each) => taken.every(({ number }) => number !== each));
      const free = left ?? (unused === undefined ? await findFree(taken, recoverAfterMs) : undefined);
      const number = free?.number ?? unused;
      if (number === undefined) throw exceeded(quota);
      if (await store.takeSlot({ ...applicant, number, time: clock.now() }, free)) return true;
    }
  }

  async function findFree(taken: readonly Slot[], longestMs: number): Promise<Slot | undefined> {
    if (taken.length === 0) return undefined;
    const begun = await loadBegun(taken);
    const ended = taken.find(({ payment }) => isFinal(begun.get(payment)));
    if (ended !== undefined) return ended;
    const left = taken.filter((slot) => !begun.has(slot.payment) && isOlder(slot, longestMs));
    for (const { payment } of left) await store.insertVoid(payment, clock.now());
    const late = left.length > 0 ? await loadBegun(left) : begun;
    return left.find(({ payment }) => !late.has(payment));
  }

  async function loadBegun(taken: readonly Slot[]): Promise<ReadonlyMap<string, PaymentLog>> {
    const logs = await store.loadAll(taken.map(({ payment }) => payment));
    return new Map(logs.map((log) => [log.intent.id, log]));
  }

  function isOlder({ time }: Slot, ms: number): boolean {
    return clock.now().getTime() - time.getTime() > ms;
  }

  return { enter, leave: ({ user, payment }) => store.freeSlot(user, payment) };
}

/** The contract's quota of open payments. */
export function openPaymentsQuota(): Quota {
  const quota = quotasOf(PaymentService.method.createPayment).find(({ name }) => name === "open_payments");
  if (quota === undefined) throw new Error("CreatePayment has no quota open_payments");
  return quota;
}

function isFinal(log: PaymentLog | undefined): boolean {
  return log !== undefined && isSettled(asPaid(log));
}

function exceeded({ name, limit }: Quota): StatusError {
  return new StatusError(ErrorReason.QUOTA_EXCEEDED, "as many payments are open as a user may have", {
    metadata: { quota: name, limit: String(limit) },
  });
}
