import type { Explanation } from "@theseus/runtime/explain";
import type { Money } from "../../money.js";

/** What one part of the shop says; or, in half a sentence, why it says nothing. */
export type Said<Value> = { readonly is: Value } | { readonly missing: string };

/** As the contract's Payment. Of all enums the words are without their prefix: `CAPTURED`. */
export interface PaymentFact {
  readonly state: string;
  /** Where it is ABORTING or FAILED. */
  readonly failure?: string;
  readonly user: string;
  readonly reservation: string;
  readonly amount: Money;
  readonly refundedAmount: Money;
}

/** As the contract's PaymentEvent, with what the logs know of it. */
export interface EventFact {
  readonly sequence: number;
  readonly type: string;
  readonly failure?: string;
  readonly amount?: Money;
  /** ISO time. */
  readonly time: string;
  /** Absent where the logs do not tell, or no longer. */
  readonly writtenBy?: Writer;
}

/** Who has written an event. */
export interface Writer {
  readonly instance: string;
  /** `java@0123456789ab` */
  readonly implementation?: string;
  readonly requestId: string;
}

/** As the contract's Reservation. */
export interface ReservationFact {
  readonly name: string;
  readonly state: string;
  /** Who has taken it. */
  readonly payment?: string;
  readonly total?: Money;
}

/** As the contract's LedgerEntry. */
export interface LedgerFact {
  readonly sequence: number;
  readonly type: string;
  readonly amount?: Money;
  readonly refundId?: string;
  /** ISO time. */
  readonly time: string;
}

/** A question of the payment's to somebody else to which there was no definite answer. */
export interface Unanswered {
  readonly atMs: number;
  /** `AUTHORIZE` */
  readonly question: string;
  readonly code: string;
  readonly requestId: string;
}

/** All that is known of a payment. */
export interface PaymentStory {
  /** `payments/{payment}` */
  readonly name: string;
  /** Undefined where payment answers that there is none. */
  readonly payment: Said<PaymentFact | undefined>;
  /** From the contract, else from the logs. */
  readonly events: readonly EventFact[];
  readonly reservation: Said<ReservationFact | undefined>;
  readonly ledger: Said<readonly LedgerFact[]>;
  readonly unanswered: readonly Unanswered[];
  /** Those that made and moved it, or tried to; the oldest first. */
  readonly requests: readonly Explanation[];
}
