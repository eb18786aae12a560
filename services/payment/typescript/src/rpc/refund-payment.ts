import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { RefundPaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, ErrorReason, requireUser, StatusError } from "@theseus/kit";
import { contextOf } from "../drive/request-context.js";
import { exponentialRetry } from "../drive/retry-policy.js";
import { tellEvent } from "../drive/tell-event.js";
import type { PaymentContext } from "../payment-context.js";
import {
  asRefunded,
  type LogEvent,
  lastEvent,
  type PaymentLog,
  type RefundMark,
  stateOf,
} from "../saga/payment-log.js";
import { isAtRest } from "../saga/saga.js";
import { catchUp, type PaymentStore } from "../store/payment-store.js";
import { beforeDeadline, patienceMs } from "./before-deadline.js";
import { findPayment } from "./find-payment.js";
import { toPayment } from "./payment-message.js";
import { toRefundEvent, toWish, type Wish } from "./refund-event.js";

/**
 * Refunds of one payment take turns in this process: if all of them drove the one under way and competed for the next
 * place of the log, the work would grow with the square of their number. Those of other processes still compete.
 */
export async function refundPayment(
  context: PaymentContext,
  request: RefundPaymentRequest,
  call: Call,
): Promise<Payment> {
  const { store, turns, clock } = context;
  const wish = toWish(request, requireUser(call).user);
  const log = await findPayment(store, call, { name: request.name, field: "name", visible: "any" });
  if (findEarlier(log, wish.mark)) return carryOut(context, log, wish, call);
  using turn = await turns.take(log.intent.id, patienceMs(call, clock), call.signal);
  const current = await catchUp(store, log);
  if (turn === undefined && findEarlier(current, wish.mark) === undefined) throw otherUnderWay();
  return await carryOut(context, current, wish, call);
}

/** Decides by the log, and again whenever it has grown, until the refund is in it. */
async function carryOut(
  context: PaymentContext,
  start: PaymentLog,
  wish: Wish,
  call: Call,
): Promise<Payment> {
  let log = start;
  for (;;) {
    const requested = findEarlier(log, wish.mark);
    if (requested) {
      const found = asRefunded(log, requested);
      if (isAtRest(stateOf(found))) return toPayment(found);
      return toPayment(asRefunded(await driveBeforeDeadline(context, log, call), requested));
    }
    if (stateOf(log) === "REFUND_REQUESTED") log = await finishOther(context, log, call);
    else log = await requestRefund(context, log, wish, call);
  }
}

/** The refund of this payment that a call with this request id has asked for. */
function findEarlier({ events }: PaymentLog, { user, request }: RefundMark): LogEvent | undefined {
  const event = events.find(({ refund }) => refund?.user === user && refund.request.id === request.id);
  if (event && event.refund?.request.fingerprint !== request.fingerprint) throw requestIdReused();
  return event;
}

/** Adds the request to the log, unless another event takes its place. The log as it is then decides what follows. */
async function requestRefund(
  { store, clock, changes }: PaymentContext,
  log: PaymentLog,
  wish: Wish,
  call: Call,
): Promise<PaymentLog> {
  const { id } = log.intent;
  let event: LogEvent;
  try {
    event = toRefundEvent(log, wish, clock);
  } catch (refusal) {
    // Looked up no earlier, since some stores look at every event for it. A used request id is told before all else.
    if (await isUsed(store, log, wish.mark)) return catchUp(store, log);
    throw refusal;
  }
  call.signal.throwIfAborted();
  await store.mark({ payment: id, sequence: event.sequence, time: clock.now() });
  if (await store.insertEvent(id, event)) {
    changes.notifyOf(id);
    tellEvent(call.log, log.intent, event);
  }
  const after = await catchUp(store, log);
  // The place is free: the request id is what was taken.
  if (lastEvent(after).sequence === lastEvent(log).sequence) await isUsed(store, log, wish.mark);
  return after;
}

/** Finishes the refund that is under way, because only then is it known how much is left. */
async function finishOther(context: PaymentContext, log: PaymentLog, call: Call): Promise<PaymentLog> {
  const after = await driveBeforeDeadline(context, log, call);
  if (stateOf(after) !== "REFUND_REQUESTED") return after;
  throw otherUnderWay();
}

async function driveBeforeDeadline(
  context: PaymentContext,
  log: PaymentLog,
  call: Call,
): Promise<PaymentLog> {
  const { driver, store, clock } = context;
  const driving = driver.drive(log, contextOf(call), exponentialRetry(clock, context.recoverAfterMs));
  const result = await beforeDeadline(driving, call, clock);
  return result?.log ?? (await catchUp(store, log));
}

/** True when the request id was used for this payment since its log was read. One of another payment is refused. */
async function isUsed(
  store: Pick<PaymentStore, "findByRefund">,
  { intent }: PaymentLog,
  { user, request }: RefundMark,
): Promise<boolean> {
  const payment = await store.findByRefund(user, request.id);
  if (payment !== undefined && payment !== intent.id) throw requestIdReused();
  return payment !== undefined;
}

function requestIdReused(): StatusError {
  return new StatusError(ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another refund");
}

function otherUnderWay(): StatusError {
  return new StatusError(
    ErrorReason.SERVICE_UNAVAILABLE,
    "another refund of this payment is still under way",
  );
}
