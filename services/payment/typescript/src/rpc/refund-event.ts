import type { RefundPaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Clock, compareMoney, ErrorReason, fingerprint, type Money, StatusError } from "@theseus/kit";
import { nextEvent } from "../drive/step.js";
import { toMoneyText } from "../saga/money-text.js";
import {
  type LogEvent,
  type PaymentLog,
  type RefundMark,
  refundableAmount,
  stateOf,
} from "../saga/payment-log.js";
import { onRefund } from "../saga/saga.js";

/** What a call of RefundPayment asks for. */
export interface Wish {
  readonly mark: RefundMark;
  /** All that is left when absent. */
  readonly amount: Money | undefined;
}

export function toWish({ name, amount, requestId }: RefundPaymentRequest, user: string): Wish {
  const asked = amount ? [amount.currencyCode, amount.units.toString(), amount.nanos.toString()] : [];
  return { amount, mark: { user, request: { id: requestId, fingerprint: fingerprint([name, ...asked]) } } };
}

/** The event that asks for a refund. Throws the refusal of one that the log does not allow. */
export function toRefundEvent(log: PaymentLog, { mark, amount }: Wish, clock: Clock): LogEvent {
  if (amount) assertCurrency(amount, log);
  const move = onRefund(stateOf(log));
  if (move?.kind !== "append") {
    throw new StatusError(ErrorReason.PAYMENT_NOT_CAPTURED, "only a captured payment can be refunded");
  }
  return { ...nextEvent(log, move, clock), amount: assertCovered(amount, log), refund: mark };
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
    metadata: { refundable: toMoneyText(left) },
  });
}
