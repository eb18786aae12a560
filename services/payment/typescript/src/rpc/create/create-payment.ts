import { setTimeout as sleep } from "node:timers/promises";
import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, ErrorReason, fingerprint, requireUser, StatusError } from "@theseus/kit";
import { contextOf } from "../../drive/request-context.js";
import { exponentialRetry } from "../../drive/retry-policy.js";
import { tellEvent } from "../../drive/tell-event.js";
import type { PaymentContext } from "../../payment-context.js";
import {
  asBegun,
  asPaid,
  type Intent,
  lastEvent,
  type PaymentLog,
  stateOf,
  toPaymentName,
} from "../../saga/payment-log.js";
import type { Failure } from "../../saga/saga.js";
import { catchUp } from "../../store/payment-store.js";
import { beforeDeadline, patienceMs } from "../before-deadline.js";
import { toPayment } from "../payment-message.js";
import { reservationGone, reservationTaken } from "./admission.js";
import type { Applicant } from "./open-payments.js";

/** How often a call looks for the payment of another call with its request id. */
const SAME_REQUEST_MS = 100;

/** What counts of a request. */
interface Order {
  readonly reservation: string;
  readonly cardToken: string;
  readonly requestId: string;
}

export async function createPayment(
  context: PaymentContext,
  request: CreatePaymentRequest,
  call: Call,
): Promise<Payment> {
  const { store, driver, clock } = context;
  const order = toOrder(request);
  const begun = asPaid((await findEarlier(context, order, call)) ?? (await begin(context, order, call)));
  if (stateOf(begun) === "CAPTURED") return toPayment(begun);
  const driving = driver.drive(begun, contextOf(call), exponentialRetry(clock, context.recoverAfterMs));
  const result = await beforeDeadline(driving, call, clock);
  const log = asPaid(result?.log ?? (await catchUp(store, begun)));
  if (result?.kind === "unanswered" && stateOf(log) === "CREATED") throw providerSilent(log);
  const { type, failure } = lastEvent(log);
  const refusal = type === "FAILED" && failure ? refusalOf(failure, log) : undefined;
  if (refusal) throw refusal;
  return toPayment(log);
}

function toOrder({ payment, requestId }: CreatePaymentRequest): Order {
  if (payment === undefined) throw new Error("a request without a payment");
  return { reservation: payment.reservation, cardToken: payment.cardToken, requestId };
}

/** The payment that the caller's request id began. */
async function findEarlier(
  { store }: PaymentContext,
  order: Order,
  call: Call,
): Promise<PaymentLog | undefined> {
  const log = await store.findByRequest(requireUser(call).user, order.requestId);
  if (log && log.intent.request.fingerprint !== fingerprintOf(order)) {
    throw new StatusError(ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another payment");
  }
  return log;
}

/** The payment exists from the insert of its intent on. A caller who leaves earlier leaves nothing behind. */
async function begin(context: PaymentContext, order: Order, call: Call): Promise<PaymentLog> {
  const { user } = requireUser(call);
  const applicant = { user, payment: context.newId(), requestId: order.requestId };
  let intent: Intent;
  try {
    const other = await enter(context, applicant, order, call);
    if (other !== undefined) return other;
    intent = await prepare(context, applicant, order, call);
  } catch (refusal) {
    await leave(context, applicant, call);
    // Another call with this request id may meanwhile have begun the payment, which takes the reservation.
    const winner = call.signal.aborted ? undefined : await findEarlier(context, order, call);
    if (winner === undefined) throw refusal;
    return winner;
  }
  if (!(await context.store.insertIntent(intent))) return joinWinner(context, applicant, order, call);
  const begun = asBegun(intent);
  tellEvent(call.log, intent, lastEvent(begun));
  return begun;
}

/** Takes one of the user's slots. Gives the payment of another call with this request id, where that has one. */
async function enter(
  context: PaymentContext,
  applicant: Applicant,
  order: Order,
  call: Call,
): Promise<PaymentLog | undefined> {
  const { openPayments, clock } = context;
  while (!(await openPayments.enter(applicant))) {
    if (patienceMs(call, clock) < SAME_REQUEST_MS) throw notBegun();
    await sleep(SAME_REQUEST_MS, undefined, { signal: call.signal }).catch(() => undefined);
    call.signal.throwIfAborted();
    const other = await findEarlier(context, order, call);
    if (other !== undefined) return other;
  }
  return undefined;
}

/** When this fails the slot is taken until it is too old for a payment that is about to begin. */
async function leave({ openPayments }: PaymentContext, applicant: Applicant, call: Call): Promise<void> {
  await openPayments.leave(applicant).catch((err: unknown) => {
    call.log.warn({ event: "slot-kept", payment: applicant.payment, err }, "a slot could not be given back");
  });
}

/** Decides that the payment may begin, and marks it. */
async function prepare(
  { store, clock, admit }: PaymentContext,
  { user, payment }: Applicant,
  order: Order,
  call: Call,
): Promise<Intent> {
  const amount = await admit(order.reservation, user, call);
  call.signal.throwIfAborted();
  const intent: Intent = {
    id: payment,
    user,
    reservation: order.reservation,
    amount,
    request: { id: order.requestId, fingerprint: fingerprintOf(order) },
    createTime: clock.now(),
  };
  const mark = { payment: intent.id, sequence: 1, time: intent.createTime, cardToken: order.cardToken };
  await store.mark(mark);
  if (call.signal.aborted) await store.unmark(intent.id, 1);
  call.signal.throwIfAborted();
  return intent;
}

/** The payment of another call with this request id, which was faster. Without one the slot was too old, and is lost. */
async function joinWinner(
  context: PaymentContext,
  applicant: Applicant,
  order: Order,
  call: Call,
): Promise<PaymentLog> {
  const own = applicant.payment;
  const winner = await findEarlier(context, order, call);
  if (winner?.intent.id === own) return winner;
  await leave(context, applicant, call);
  await context.store.unmark(own, 1);
  if (winner === undefined) throw notBegun();
  return winner;
}

function notBegun(): StatusError {
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the payment could not begin; repeat the request");
}

function fingerprintOf({ reservation, cardToken }: Order): string {
  return fingerprint([reservation, cardToken]);
}

function providerSilent({ intent }: PaymentLog): StatusError {
  const text = "the card provider does not answer; repeat with the same request_id";
  return new StatusError(ErrorReason.PROVIDER_UNAVAILABLE, text, {
    metadata: { payment: toPaymentName(intent.id) },
  });
}

/** The refusal for a failed payment; undefined for one that its owner cancelled, which is answered as it is. */
function refusalOf(failure: Failure, { intent }: PaymentLog): StatusError | undefined {
  switch (failure) {
    case "DECLINED":
    case "CAPTURE_REFUSED":
      return new StatusError(ErrorReason.PAYMENT_DECLINED, "the card was declined; no money was taken", {
        metadata: { payment: toPaymentName(intent.id) },
      });
    case "RESERVATION_GONE":
      return reservationGone();
    case "RESERVATION_TAKEN":
      return reservationTaken();
    case "CANCELLED":
      return undefined;
    default:
      return failure satisfies never;
  }
}
