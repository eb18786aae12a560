import type { EventFact, Facts, LedgerFact, PaymentFact } from "../../proof/invariants/facts.js";
import type { Order } from "../../proof/traffic/journal.js";

/** What there is after a run in which all went well: one order paid, one refunded, one declined, one released. */
export interface SoundRun {
  readonly orders: Order[];
  readonly facts: Facts & {
    readonly items: { -readonly [Key in keyof Facts["items"][number]]: Facts["items"][number][Key] }[];
    readonly reservations: Map<string, { state: string; lines: { item: string; quantity: number }[] }>;
    readonly payments: Map<string, { -readonly [Key in keyof PaymentFact]: PaymentFact[Key] }>;
    readonly ledger: LedgerFact[];
  };
}

export function soundRun(): SoundRun {
  const lines = [{ item: "items/oar", quantity: 2 }];
  const order = (id: string, rest: Partial<Order>): Order => ({
    user: "users/ann",
    lines,
    card: "card-ok",
    beganMs: 0,
    reservation: { what: `reservations/${id}`, atMs: 1 },
    ...rest,
  });
  const told = (id: string, state: "CAPTURED" | "FAILED") => ({
    what: { name: `payments/${id}`, state },
    atMs: 2,
  });
  const reservation = (id: string, state: string) => [`reservations/${id}`, { state, lines }] as const;
  return {
    orders: [
      order("paid", { payment: told("paid", "CAPTURED") }),
      order("back", { payment: told("back", "CAPTURED"), refund: { what: { key: "r1" }, atMs: 3 } }),
      order("declined", { payment: told("declined", "FAILED") }),
      order("released", { released: { what: true, atMs: 2 } }),
    ],
    facts: {
      items: [{ name: "items/oar", initial: 10, onHand: 6, held: 0, sold: 4 }],
      reservations: new Map([
        reservation("paid", "COMMITTED"),
        reservation("back", "COMMITTED"),
        reservation("declined", "RELEASED"),
        reservation("released", "RELEASED"),
      ]),
      payments: new Map([
        payment("paid", "CAPTURED", 0n, "CREATED", "AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"),
        payment("back", "CAPTURED", 5n, ...captured, "REFUND_REQUESTED", "REFUNDED"),
        payment("declined", "FAILED", 0n, "CREATED", "ABORTING", "FAILED"),
      ]),
      ledger: [
        entry("paid", "AUTHORIZED"),
        entry("paid", "CAPTURED"),
        entry("back", "AUTHORIZED"),
        entry("back", "CAPTURED"),
        entry("back", "REFUNDED", "r1"),
        entry("declined", "DECLINED"),
      ],
    },
  };
}

const captured = ["CREATED", "AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"];

export function entry(payment: string, type: string, refund = ""): LedgerFact {
  return { payment, type, amount: 5n, refund };
}

export function eventsOf(...types: readonly string[]): EventFact[] {
  return types.map((type, index) => ({ sequence: index + 1, type }));
}

function payment(id: string, state: string, refunded: bigint, ...types: readonly string[]) {
  const name = `payments/${id}`;
  const reservation = `reservations/${id}`;
  return [name, { name, reservation, state, amount: 5n, refunded, events: eventsOf(...types) }] as const;
}
