import { type Reservation, ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import {
  AuthorizeOutcome,
  CancelOutcome,
  CaptureOutcome,
  RefundOutcome,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { lastEvent, type PaymentLog, refundIdOf, toPaymentName } from "../saga/payment-log.js";
import type { Answer, Question } from "../saga/saga.js";
import type { PaymentStore } from "../store/payment-store.js";
import { askedReservation } from "./asked-reservation.js";
import type { Peers } from "./peers.js";
import type { RequestContext } from "./request-context.js";

/** The request that a question is asked for, and when to give it up. */
export interface AskContext extends RequestContext {
  readonly signal: AbortSignal;
}

/** Puts a question of the saga to a peer. It rejects only when the store fails; failures of a peer are UNKNOWN. */
export type Ask = (question: Question, payment: PaymentLog, context: AskContext) => Promise<Answer>;

export function createAsk(peers: Peers, store: Pick<PaymentStore, "cardToken">): Ask {
  return async (question, payment, context) => {
    const cardToken = question === "AUTHORIZE" ? await store.cardToken(payment.intent.id) : undefined;
    try {
      return await put(question, payment, context, cardToken);
    } catch (error) {
      const { code, reason } = StatusError.from(error);
      const facts = { event: "unanswered", payment: payment.intent.id, question, code, reason };
      context.log.warn(
        { ...facts, reason: ErrorReason[reason] },
        "no definite answer; it will be asked again",
      );
      return "UNKNOWN";
    }
  };

  async function put(
    question: Question,
    payment: PaymentLog,
    { signal, metadata }: AskContext,
    cardToken: string | undefined,
  ): Promise<Answer> {
    const { inventory, provider } = peers;
    const { id: paymentId, amount, reservation: name } = payment.intent;
    const options = { signal, metadata };
    const taking = { name, payment: toPaymentName(paymentId) };
    switch (question) {
      case "AUTHORIZE":
        // The card goes with the mark, and the mark goes when the payment is at rest: this log was read earlier.
        if (cardToken === undefined) return "UNKNOWN";
        return fromAuthorize((await provider.authorize({ paymentId, amount, cardToken }, options)).outcome);
      case "CAPTURE":
        return fromCapture((await provider.capture({ paymentId }, options)).outcome);
      case "CANCEL":
        return fromCancel((await provider.cancel({ paymentId }, options)).outcome);
      case "GIVE_BACK_ALL": {
        const refundId = refundIdOf(payment, lastEvent(payment).sequence);
        return fromRefund(
          (await provider.refund({ paymentId, refundId, amount: undefined }, options)).outcome,
        );
      }
      case "REFUND": {
        const asked = {
          paymentId,
          refundId: refundIdOf(payment, lastEvent(payment).sequence),
          amount: lastEvent(payment).amount,
        };
        return fromRefund((await provider.refund(asked, options)).outcome);
      }
      case "LOOK_AT_RESERVATION":
        return fromReservation(
          askedReservation(inventory.getReservation({ name }, options), name),
          taking.payment,
        );
      case "COMMIT_STOCK":
        return fromCommit(
          askedReservation(inventory.commitReservation(taking, options), name),
          taking.payment,
        );
      case "UNCOMMIT_STOCK":
        await inventory.uncommitReservation(taking, options);
        return "UNCOMMITTED";
      default:
        return question satisfies never;
    }
  }
}

function fromAuthorize(outcome: AuthorizeOutcome): Answer {
  switch (outcome) {
    case AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED:
      return "APPROVED";
    case AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED:
      return "DECLINED";
    case AuthorizeOutcome.AUTHORIZE_OUTCOME_CANCELLED:
      return "CANCELLED";
    default:
      return "UNKNOWN";
  }
}

function fromCapture(outcome: CaptureOutcome): Answer {
  switch (outcome) {
    case CaptureOutcome.CAPTURE_OUTCOME_CAPTURED:
      return "CAPTURED";
    case CaptureOutcome.CAPTURE_OUTCOME_REFUSED:
      return "REFUSED";
    case CaptureOutcome.CAPTURE_OUTCOME_CANCELLED:
      return "CANCELLED";
    default:
      return "UNKNOWN";
  }
}

function fromCancel(outcome: CancelOutcome): Answer {
  switch (outcome) {
    case CancelOutcome.CANCEL_OUTCOME_CANCELLED:
      return "CANCELLED";
    case CancelOutcome.CANCEL_OUTCOME_CAPTURED:
      return "CAPTURED";
    default:
      return "UNKNOWN";
  }
}

function fromRefund(outcome: RefundOutcome): Answer {
  switch (outcome) {
    case RefundOutcome.REFUND_OUTCOME_REFUNDED:
      return "REFUNDED";
    case RefundOutcome.REFUND_OUTCOME_REFUSED:
      return "REFUSED";
    default:
      return "UNKNOWN";
  }
}

async function fromCommit(commit: Promise<Reservation>, payment: string): Promise<Answer> {
  try {
    return (await commit).payment === payment ? "COMMITTED" : "UNKNOWN";
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (error.reason === ErrorReason.RESERVATION_GONE) return "GONE";
    if (error.reason === ErrorReason.RESERVATION_TAKEN) return "TAKEN";
    throw error;
  }
}

async function fromReservation(reading: Promise<Reservation>, payment: string): Promise<Answer> {
  try {
    const { state, payment: owner } = await reading;
    switch (state) {
      case ReservationState.RESERVATION_STATE_HELD:
        return "OPEN";
      case ReservationState.RESERVATION_STATE_COMMITTED:
        return owner === payment ? "OPEN" : "TAKEN";
      case ReservationState.RESERVATION_STATE_RELEASED:
      case ReservationState.RESERVATION_STATE_EXPIRED:
        return "GONE";
      default:
        return "UNKNOWN";
    }
  } catch (error) {
    if (error instanceof StatusError && error.reason === ErrorReason.RESERVATION_NOT_FOUND) return "GONE";
    throw error;
  }
}
