import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, ErrorReason, fingerprint, type Money, requireUser, StatusError } from "@theseus/kit";
import { contextOf } from "../drive/request-context.js";
import { exponentialRetry } from "../drive/retry-policy.js";
import type { PaymentContext } from "../payment-context.js";
import {
  asBegun,
  asPaid,
  type Intent,
  lastEvent,
  type PaymentLog,
  stateOf,
  toPaymentName,
} from "../saga/payment-log.js";
import type { Failure } from "../saga/saga.js";
import { catchUp } from "../store/payment-store.js";
import { reservationGone, reservationTaken } from "./admission.js";
import { beforeDeadline } from "./before-deadline.js";
import { toPayment } from "./payment-message.js";

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
  const { store, clock } = context;
  const { user } = requireUser(call);
  let amount: Money;
  try {
    amount = await context.admit(order.reservation, user, call);
  } catch (refusal) {
    // Another call with this request id may meanwhile have begun the payment, which takes the reservation.
    const winner = call.signal.aborted ? undefined : await findEarlier(context, order, call);
    if (winner === undefined) throw refusal;
    return winner;
  }
  call.signal.throwIfAborted();
  const intent: Intent = {
    id: context.newId(),
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
  if (await store.insertIntent(intent)) return asBegun(intent);
  return joinWinner(context, intent.id, order, call);
}

/** The payment of another call with this request id, which was faster. */
async function joinWinner(
  context: PaymentContext,
  ownId: string,
  order: Order,
  call: Call,
): Promise<PaymentLog> {
  const winner = await findEarlier(context, order, call);
  if (winner === undefined) {
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the payment could not begin; repeat the request");
  }
  if (winner.intent.id !== ownId) await context.store.unmark(ownId, 1);
  return winner;
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
