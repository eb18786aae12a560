import { decodePageToken, ErrorReason, encodePageToken, StatusError } from "@theseus/kit";
import { lastEvent, type PaymentLog, toPaymentName } from "../saga/payment-log.js";

/** A cursor: an event's sequence. */
const SEQUENCE = [/^[1-9][0-9]{0,7}$/];

/** A token with which a watch goes on after an event. */
export function encodeResumeToken({ intent }: PaymentLog, sequence: number): string {
  return encodePageToken(bound(intent.id), [sequence.toString()]);
}

/**
 * The sequence of the event after which a watch goes on; 0 for the empty token. Throws RESUME_TOKEN_INVALID for a token
 * that is damaged, not of a watch of this payment, or of an event that is not in the log.
 */
export function decodeResumeToken(log: PaymentLog, token: string): number {
  if (token === "") return 0;
  const sequence = Number(cursorOf(log.intent.id, token));
  if (sequence > lastEvent(log).sequence) throw invalid();
  return sequence;
}

function cursorOf(id: string, token: string): string | undefined {
  try {
    return decodePageToken(bound(id), token, SEQUENCE)[0];
  } catch (cause) {
    throw invalid(cause);
  }
}

function bound(id: string): readonly string[] {
  return ["WatchPayment", toPaymentName(id)];
}

function invalid(cause?: unknown): StatusError {
  return new StatusError(ErrorReason.RESUME_TOKEN_INVALID, "resume_token does not belong to this watch", {
    cause,
    violations: [
      {
        field: "resume_token",
        rule: "resume_token",
        message: "must be a resume_token of a watch of the same payment",
      },
    ],
  });
}
