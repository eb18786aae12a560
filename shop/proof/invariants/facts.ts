import type { Line } from "../traffic/journal.js";

/** How much there is of an item, and how much there was before the first order. */
export interface ItemFact {
  readonly name: string;
  readonly initial: number;
  readonly onHand: number;
  readonly held: number;
  readonly sold: number;
}

export interface ReservationFact {
  readonly state: string;
  readonly lines: readonly Line[];
}

export interface PaymentFact {
  readonly name: string;
  readonly reservation: string;
  readonly state: string;
  /** In billionths of the currency's unit. */
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly events: readonly EventFact[];
}

export interface EventFact {
  readonly sequence: number;
  readonly type: string;
}

export interface LedgerFact {
  readonly payment: string;
  readonly type: string;
  readonly amount: bigint;
  readonly refund: string;
}

/** What is seen from outside when everything has come to rest. Reservations are those that are known by name. */
export interface Facts {
  readonly items: readonly ItemFact[];
  readonly reservations: ReadonlyMap<string, ReservationFact>;
  readonly payments: ReadonlyMap<string, PaymentFact>;
  readonly ledger: readonly LedgerFact[];
}

export interface Money {
  readonly units?: string | number;
  readonly nanos?: number;
}

export function toNanos(money: Money | null | undefined): bigint {
  return BigInt(money?.units ?? 0) * 1_000_000_000n + BigInt(money?.nanos ?? 0);
}
