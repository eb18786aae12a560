import { decodeResumeToken, encodeResumeToken, resumeTokenInvalid, type Watch } from "@theseus/kit";
import { lastEvent, type PaymentLog, toPaymentName } from "../saga/payment-log.js";

/** A cursor: an event's sequence. */
const SEQUENCE = [/^[1-9][0-9]{0,7}$/];

/** A token with which a watch goes on after an event. */
export function toResumeToken(log: PaymentLog, sequence: number): string {
  return encodeResumeToken(watchOf(log), [sequence.toString()]);
}

/**
 * The sequence of the event after which a watch goes on; 0 for the empty token. Throws RESUME_TOKEN_INVALID for a token
 * that is damaged, not of a watch of this payment, or of an event that is not in the log.
 */
export function fromResumeToken(log: PaymentLog, token: string): number {
  if (token === "") return 0;
  const watch = watchOf(log);
  const sequence = Number(decodeResumeToken(watch, token, [SEQUENCE])[0]);
  if (sequence > lastEvent(log).sequence) throw resumeTokenInvalid(watch);
  return sequence;
}

function watchOf({ intent }: PaymentLog): Watch {
  return { bound: ["WatchPayment", toPaymentName(intent.id)], of: "the same payment" };
}
