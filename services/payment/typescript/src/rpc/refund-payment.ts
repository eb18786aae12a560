import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { RefundPaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import {
  type Call,
  compareMoney,
  ErrorReason,
  fingerprint,
  type Money,
  requireUser,
  StatusError,
} from "@theseus/kit";
import { contextOf } from "../drive/request-context.js";
import { exponentialRetry } from "../drive/retry-policy.js";
import { nextEvent } from "../drive/step.js";
import type { PaymentContext } from "../payment-context.js";
import {
  asRefunded,
  type LogEvent,
  type PaymentLog,
  type RefundMark,
  refundableAmount,
  stateOf,
} from "../saga/payment-log.js";
import { isAtRest, onRefund } from "../saga/saga.js";
import { catchUp } from "../store/payment-store.js";
import { beforeDeadline } from "./before-deadline.js";
import { findPayment } from "./find-payment.js";
import { toPayment } from "./payment-message.js";

export async function refundPayment(
  context: PaymentContext,
  request: RefundPaymentRequest,
  call: Call,
): Promise<Payment> {
  const { store } = context;
  const mark = markOf(request, call);
  let log = await findPayment(store, call, { name: request.name, field: "name", visible: "any" });
  for (;;) {
    const requested = await findEarlier(context, log, mark);
    if (requested) {
      const found = asRefunded(requested.log, requested.event);
      if (isAtRest(stateOf(found))) return toPayment(found);
      const driven = await driveBeforeDeadline(context, requested.log, call);
      return toPayment(asRefunded(driven, requested.event));
    }
    if (stateOf(log) === "REFUND_REQUESTED") log = await finishOther(context, log, call);
    else log = await requestRefund(context, log, { mark, amount: request.amount }, call);
  }
}

interface Requested {
  readonly log: PaymentLog;
  readonly event: LogEvent;
}

/** The refund that an earlier call with this request id has asked for. */
async function findEarlier(
  { store }: PaymentContext,
  log: PaymentLog,
  { user, request }: RefundMark,
): Promise<Requested | undefined> {
  const found = await store.findByRefund(user, request.id);
  if (found === undefined) return undefined;
  const event = found.events.find(({ refund }) => refund?.user === user && refund.request.id === request.id);
  if (event?.refund?.request.fingerprint === request.fingerprint && found.intent.id === log.intent.id) {
    return { log: found, event };
  }
  throw new StatusError(ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another refund");
}

/** Adds the request to the log, unless another event takes its place. The log as it is then decides what follows. */
async function requestRefund(
  { store, clock, changes }: PaymentContext,
  log: PaymentLog,
  { mark, amount }: { readonly mark: RefundMark; readonly amount: Money | undefined },
  call: Call,
): Promise<PaymentLog> {
  const { id } = log.intent;
  if (amount) assertCurrency(amount, log);
  const move = onRefund(stateOf(log));
  if (move?.kind !== "append") {
    throw new StatusError(ErrorReason.PAYMENT_NOT_CAPTURED, "only a captured payment can be refunded");
  }
  const event = { ...nextEvent(log, move, clock), amount: assertCovered(amount, log), refund: mark };
  call.signal.throwIfAborted();
  await store.mark({ payment: id, sequence: event.sequence, time: clock.now() });
  if (await store.insertEvent(id, event)) changes.notifyOf(id);
  return catchUp(store, log);
}

/** Finishes the refund that is under way, because only then is it known how much is left. */
async function finishOther(context: PaymentContext, log: PaymentLog, call: Call): Promise<PaymentLog> {
  const after = await driveBeforeDeadline(context, log, call);
  if (stateOf(after) !== "REFUND_REQUESTED") return after;
  throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "another refund of this payment is still under way");
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

function markOf({ name, amount, requestId }: RefundPaymentRequest, call: Call): RefundMark {
  const asked = amount ? [amount.currencyCode, amount.units.toString(), amount.nanos.toString()] : [];
  return {
    user: requireUser(call).user,
    request: { id: requestId, fingerprint: fingerprint([name, ...asked]) },
  };
}

function assertCurrency(amount: Money, { intent }: PaymentLog): void {
  if (amount.currencyCode === intent.amount.currencyCode) return;
  const field = "amount.currency_code";
  const message = `must be ${intent.amount.currencyCode}, the currency of the payment`;
  throw new StatusError(ErrorReason.VALIDATION_FAILED, `${field}: ${message}`, {
    violations: [{ field, rule: "refund.currency", message }],
  });
}

/** The amount to refund: the one that was asked for, or all that is left. */
function assertCovered(amount: Money | undefined, log: PaymentLog): Money {
  const left = refundableAmount(log);
  const asked = amount ?? left;
  if (compareMoney(asked, left) <= 0 && (asked.units > 0n || asked.nanos > 0)) return asked;
  throw new StatusError(ErrorReason.REFUND_EXCEEDS_CAPTURE, "more would be refunded than is left", {
    metadata: { refundable: toText(left) },
  });
}

/** `12.5 EUR` */
function toText({ currencyCode, units, nanos }: Money): string {
  const fraction = nanos === 0 ? "" : `.${nanos.toString().padStart(9, "0").replace(/0+$/, "")}`;
  return `${units}${fraction} ${currencyCode}`;
}
