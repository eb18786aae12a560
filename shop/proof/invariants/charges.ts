import type { Facts, LedgerFact, PaymentFact } from "./facts.js";
import { type Violation, violation } from "./violation.js";

/** The provider's ledger and the payments say the same, and nobody is charged twice. */
export function wrongCharges({ payments, ledger }: Facts): readonly Violation[] {
  const entries = groupBy(ledger, ({ payment }) => `payments/${payment}`);
  return [
    ...[...payments.values()].flatMap((payment) => ofPayment(payment, entries.get(payment.name) ?? [])),
    ...unknownCharges(payments, entries),
    ...twiceForOneReservation(payments),
  ];
}

function ofPayment(payment: PaymentFact, entries: readonly LedgerFact[]): readonly Violation[] {
  const { name, state, amount, refunded } = payment;
  const of = (type: string) => entries.filter((entry) => entry.type === type);
  const found: Violation[] = [];
  for (const type of ["AUTHORIZED", "CAPTURED"]) {
    const times = of(type).length;
    if (times > 1) found.push(violation("double", name, `is ${times} times ${type} in the ledger`));
  }
  const captured = sum(of("CAPTURED"));
  const expected = state === "CAPTURED" ? amount : 0n;
  if (captured !== expected)
    found.push(violation("wrong", name, `is ${state} with ${amount}, and the provider took ${captured}`));
  const given = sum(of("REFUNDED"));
  if (given !== refunded)
    found.push(violation("wrong", name, `refunded ${refunded}, and the provider gave ${given}`));
  const refunds = of("REFUNDED").map(({ refund }) => refund);
  if (new Set(refunds).size !== refunds.length)
    found.push(violation("double", name, "one refund was given twice"));
  const isLeft = of("AUTHORIZED").length > 0 && state === "FAILED" && of("CANCELLED").length === 0;
  if (isLeft && of("CAPTURE_REFUSED").length === 0)
    found.push(violation("wrong", name, "failed, and its money is still set aside"));
  return found;
}

function unknownCharges(
  payments: Facts["payments"],
  entries: ReadonlyMap<string, readonly LedgerFact[]>,
): readonly Violation[] {
  return [...entries.keys()]
    .filter((name) => !payments.has(name))
    .map((name) => violation("lost", name, "is in the ledger, and the shop does not know it"));
}

function twiceForOneReservation(payments: Facts["payments"]): readonly Violation[] {
  const captured = [...payments.values()].filter(({ state }) => state === "CAPTURED");
  return [...groupBy(captured, ({ reservation }) => reservation)]
    .filter(([, of]) => of.length > 1)
    .map(([reservation, of]) => violation("double", reservation, `was paid ${of.length} times`));
}

function sum(entries: readonly LedgerFact[]): bigint {
  return entries.reduce((total, { amount }) => total + amount, 0n);
}

function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}
