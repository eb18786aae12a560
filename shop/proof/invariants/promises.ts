import type { Order } from "../traffic/journal.js";
import type { Facts } from "./facts.js";
import { type Violation, violation } from "./violation.js";

/** Whatever a client was told holds. */
export function brokenPromises(orders: readonly Order[], facts: Facts): readonly Violation[] {
  return orders.flatMap((order) => [
    ...ofReservation(order, facts),
    ...ofPayment(order, facts),
    ...ofRefund(order, facts),
  ]);
}

function ofReservation({ reservation, released }: Order, { reservations }: Facts): readonly Violation[] {
  if (reservation === undefined) return [];
  const { what: name, atMs } = reservation;
  const found = reservations.get(name);
  if (found === undefined) return [violation("lost", name, "was acknowledged, and is not there", atMs)];
  if (released === undefined || found.state === "RELEASED") return [];
  return [violation("lost", name, `was acknowledged as released, and is ${found.state}`, released.atMs)];
}

function ofPayment({ payment }: Order, { payments }: Facts): readonly Violation[] {
  if (payment === undefined) return [];
  const { what, atMs } = payment;
  const found = payments.get(what.name);
  if (found === undefined) return [violation("lost", what.name, "was acknowledged, and is not there", atMs)];
  if (what.state === "OPEN" || what.state === found.state) return [];
  return [violation("lost", what.name, `was acknowledged as ${what.state}, and is ${found.state}`, atMs)];
}

function ofRefund({ refund, payment }: Order, { payments, ledger }: Facts): readonly Violation[] {
  const name = payment?.what.name;
  if (refund === undefined || name === undefined) return [];
  const found = payments.get(name);
  if (found === undefined) return [];
  const given = ledger.some(({ payment: of, type }) => `payments/${of}` === name && type === "REFUNDED");
  if (given && found.refunded === found.amount) return [];
  return [violation("lost", name, "its whole refund was acknowledged, and was not given", refund.atMs)];
}
