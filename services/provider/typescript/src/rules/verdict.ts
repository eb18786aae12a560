import {
  AuthorizeOutcome,
  CancelOutcome,
  CaptureOutcome,
  RefundOutcome,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { compareMoney, ErrorReason, fingerprint, type Money, StatusError } from "@theseus/kit";
import type { LedgerRecord } from "../store/ledger-record.js";
import { behaviourOf } from "./card-behaviour.js";
import { type Account, type Ledger, remaining } from "./ledger.js";

/** The answer, and the record that must be stored before it is given; a repeat has none. */
export interface Verdict<Outcome> {
  readonly outcome: Outcome;
  readonly record?: Omit<LedgerRecord, "paymentId" | "time">;
}

export function authorize(account: Account, cardToken: string, amount: Money): Verdict<AuthorizeOutcome> {
  const request = fingerprint([...moneyFields(amount), cardToken]);
  if (account.request !== undefined && account.request !== request) throw reused("payment_id");
  if (account.declined) return { outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED };
  if (account.cancelled) return { outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_CANCELLED };
  if (account.authorized) return { outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED };
  const behaviour = behaviourOf(cardToken);
  return behaviour === "declined"
    ? {
        outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED,
        record: { kind: "DECLINED", amount, request, behaviour },
      }
    : {
        outcome: AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED,
        record: { kind: "AUTHORIZED", amount, request, behaviour },
      };
}

export function capture(account: Account): Verdict<CaptureOutcome> {
  const { authorized: amount, behaviour } = account;
  if (account.captured) return { outcome: CaptureOutcome.CAPTURE_OUTCOME_CAPTURED };
  if (account.captureRefused) return { outcome: CaptureOutcome.CAPTURE_OUTCOME_REFUSED };
  if (account.cancelled) return { outcome: CaptureOutcome.CAPTURE_OUTCOME_CANCELLED };
  if (amount === undefined || behaviour === "capture-refused") {
    return { outcome: CaptureOutcome.CAPTURE_OUTCOME_REFUSED, record: { kind: "CAPTURE_REFUSED" } };
  }
  return { outcome: CaptureOutcome.CAPTURE_OUTCOME_CAPTURED, record: { kind: "CAPTURED", amount } };
}

export function cancel(account: Account): Verdict<CancelOutcome> {
  if (account.captured) return { outcome: CancelOutcome.CANCEL_OUTCOME_CAPTURED };
  const outcome = CancelOutcome.CANCEL_OUTCOME_CANCELLED;
  if (account.cancelled) return { outcome };
  const { authorized: amount } = account;
  return { outcome, record: { kind: "CANCELLED", ...(amount && { amount }) } };
}

export function refund(
  ledger: Ledger,
  {
    paymentId,
    refundId,
    amount,
  }: { readonly paymentId: string; readonly refundId: string; readonly amount?: Money },
): Verdict<RefundOutcome> {
  const request = fingerprint([paymentId, ...(amount ? moneyFields(amount) : [])]);
  const known = ledger.refund(refundId);
  if (known && known.request !== request) throw reused("refund_id");
  if (known?.refused) return { outcome: RefundOutcome.REFUND_OUTCOME_REFUSED };
  if (known) return { outcome: RefundOutcome.REFUND_OUTCOME_REFUNDED };
  const left = remaining(ledger.account(paymentId));
  const given = amount ?? left;
  if (left === undefined || given === undefined || !isCovered(given, left)) {
    return {
      outcome: RefundOutcome.REFUND_OUTCOME_REFUSED,
      record: { kind: "REFUND_REFUSED", refundId, request },
    };
  }
  return {
    outcome: RefundOutcome.REFUND_OUTCOME_REFUNDED,
    record: { kind: "REFUNDED", amount: given, refundId, request },
  };
}

function isCovered(amount: Money, left: Money): boolean {
  return amount.currencyCode === left.currencyCode && compareMoney(amount, left) <= 0;
}

function moneyFields({ currencyCode, units, nanos }: Money): readonly string[] {
  return [currencyCode, units.toString(), nanos.toString()];
}

function reused(field: string): StatusError {
  return new StatusError(ErrorReason.REQUEST_ID_REUSED, `${field} was used before, for another request`);
}
