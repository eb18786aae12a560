import type { Outcome } from "./edge.js";

export type Operation = "reserve" | "release" | "pay" | "refund";

/** One call of a client. */
export interface Attempt {
  readonly operation: Operation;
  readonly outcome: Outcome;
  readonly status: number;
  readonly reason: string;
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface Line {
  readonly item: string;
  readonly quantity: number;
}

/** What a client was told, and when. */
export interface Told<What> {
  readonly what: What;
  readonly atMs: number;
}

/** A payment as its client was told: it goes on, or how it ended. */
export type PaymentTold = "OPEN" | "CAPTURED" | "FAILED";

/** What a client wanted, and what it was told of it. Nothing told: the client does not know. */
export interface Order {
  readonly user: string;
  readonly lines: readonly Line[];
  readonly card: string;
  readonly beganMs: number;
  reservation?: Told<string>;
  released?: Told<true>;
  payment?: Told<{ readonly name: string; readonly state: PaymentTold }>;
  refund?: Told<{ readonly key: string }>;
}

/** The clients' own record of a run. */
export class Journal {
  readonly attempts: Attempt[] = [];
  readonly orders: Order[] = [];

  /** Whether an order that began after a moment was paid. */
  paidSince(beganMs: number): Order | undefined {
    return this.orders.find((order) => order.beganMs >= beganMs && order.payment?.what.state === "CAPTURED");
  }
}
