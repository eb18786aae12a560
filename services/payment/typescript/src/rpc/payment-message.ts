import { Payment, PaymentFailure, PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import { PaymentEvent, PaymentEventType } from "@theseus/contract/theseus/payment/v1/payment_event.js";
import {
  type LogEvent,
  lastEvent,
  type PaymentLog,
  refundedAmount,
  toPaymentName,
} from "../saga/payment-log.js";
import type { EventType, Failure } from "../saga/saga.js";

const STATES: Readonly<Record<EventType, PaymentState>> = {
  CREATED: PaymentState.PAYMENT_STATE_CREATED,
  AUTHORIZED: PaymentState.PAYMENT_STATE_AUTHORIZED,
  STOCK_COMMITTED: PaymentState.PAYMENT_STATE_STOCK_COMMITTED,
  CAPTURED: PaymentState.PAYMENT_STATE_CAPTURED,
  ABORTING: PaymentState.PAYMENT_STATE_ABORTING,
  FAILED: PaymentState.PAYMENT_STATE_FAILED,
  REFUND_REQUESTED: PaymentState.PAYMENT_STATE_CAPTURED,
  REFUNDED: PaymentState.PAYMENT_STATE_CAPTURED,
};

const TYPES: Readonly<Record<EventType, PaymentEventType>> = {
  CREATED: PaymentEventType.PAYMENT_EVENT_TYPE_CREATED,
  AUTHORIZED: PaymentEventType.PAYMENT_EVENT_TYPE_AUTHORIZED,
  STOCK_COMMITTED: PaymentEventType.PAYMENT_EVENT_TYPE_STOCK_COMMITTED,
  CAPTURED: PaymentEventType.PAYMENT_EVENT_TYPE_CAPTURED,
  ABORTING: PaymentEventType.PAYMENT_EVENT_TYPE_ABORTING,
  FAILED: PaymentEventType.PAYMENT_EVENT_TYPE_FAILED,
  REFUND_REQUESTED: PaymentEventType.PAYMENT_EVENT_TYPE_REFUND_REQUESTED,
  REFUNDED: PaymentEventType.PAYMENT_EVENT_TYPE_REFUNDED,
};

const FAILURES: Readonly<Record<Failure, PaymentFailure>> = {
  DECLINED: PaymentFailure.PAYMENT_FAILURE_DECLINED,
  RESERVATION_GONE: PaymentFailure.PAYMENT_FAILURE_RESERVATION_GONE,
  RESERVATION_TAKEN: PaymentFailure.PAYMENT_FAILURE_RESERVATION_TAKEN,
  CAPTURE_REFUSED: PaymentFailure.PAYMENT_FAILURE_CAPTURE_REFUSED,
  CANCELLED: PaymentFailure.PAYMENT_FAILURE_CANCELLED,
};

/** The payment that a log describes. */
export function toPayment(log: PaymentLog): Payment {
  const { intent } = log;
  const { type, failure, time } = lastEvent(log);
  return Payment.fromPartial({
    name: toPaymentName(intent.id),
    user: intent.user,
    reservation: intent.reservation,
    amount: intent.amount,
    refundedAmount: refundedAmount(log),
    state: STATES[type],
    failure: failure ? FAILURES[failure] : PaymentFailure.PAYMENT_FAILURE_UNSPECIFIED,
    createTime: intent.createTime,
    updateTime: time,
  });
}

export function toPaymentEvent(id: string, event: LogEvent): PaymentEvent {
  return PaymentEvent.fromPartial({
    name: `${toPaymentName(id)}/events/${event.sequence}`,
    sequence: BigInt(event.sequence),
    type: TYPES[event.type],
    ...(event.failure && { failure: FAILURES[event.failure] }),
    ...(event.amount && { amount: event.amount }),
    eventTime: event.time,
  });
}
