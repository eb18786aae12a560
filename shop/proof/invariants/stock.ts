import type { Facts } from "./facts.js";
import { type Violation, violation } from "./violation.js";

/** What is on hand is what there was, less what was sold; and sold is what was paid for, held is what reservations hold. */
export function wrongStock({ items, reservations, payments }: Facts): readonly Violation[] {
  const paid = [...payments.values()].filter(({ state }) => state === "CAPTURED");
  const paidFor = new Set(paid.map(({ reservation }) => reservation));
  const pieces = (item: string, counts: (name: string, state: string) => boolean) =>
    [...reservations]
      .filter(([name, { state }]) => counts(name, state))
      .flatMap(([, { lines }]) => lines)
      .reduce((total, line) => total + (line.item === item ? line.quantity : 0), 0);
  const found: Violation[] = [];
  for (const { name, initial, onHand, held, sold } of items) {
    if (onHand + sold !== initial)
      found.push(violation("wrong", name, `had ${initial}, and has ${onHand} on hand and ${sold} sold`));
    const committed = pieces(name, (reservation) => paidFor.has(reservation));
    if (committed !== sold)
      found.push(violation("wrong", name, `sold ${sold}, and ${committed} are paid for`));
    const reserved = pieces(name, (_, state) => state === "HELD");
    if (held !== reserved)
      found.push(violation("wrong", name, `holds ${held}, and reservations hold ${reserved}`));
  }
  for (const [name, { state }] of reservations) {
    if (paidFor.has(name) !== (state === "COMMITTED"))
      found.push(violation("wrong", name, `is ${state}, and ${paidFor.has(name) ? "paid" : "not paid"}`));
  }
  return found;
}
