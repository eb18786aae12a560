import type { Facts, PaymentFact } from "./facts.js";
import { type Violation, violation } from "./violation.js";

/** What may come after each event of a payment. */
const after: Readonly<Record<string, readonly string[]>> = {
  "": ["CREATED"],
  CREATED: ["AUTHORIZED", "ABORTING"],
  AUTHORIZED: ["STOCK_COMMITTED", "ABORTING"],
  STOCK_COMMITTED: ["CAPTURED", "ABORTING"],
  ABORTING: ["FAILED"],
  CAPTURED: ["REFUND_REQUESTED"],
  REFUND_REQUESTED: ["REFUNDED"],
  REFUNDED: ["REFUND_REQUESTED"],
  FAILED: [],
};

const final: readonly string[] = ["CAPTURED", "FAILED", "REFUNDED"];

/** Each payment's events are numbered without a gap, follow one another as the contract says, and have come to an end. */
export function wrongEvents({ payments }: Facts): readonly Violation[] {
  return [...payments.values()].flatMap(ofPayment);
}

function ofPayment({ name, state, events }: PaymentFact): readonly Violation[] {
  const found: Violation[] = [];
  let before = "";
  for (const [index, { sequence, type }] of events.entries()) {
    if (sequence !== index + 1)
      found.push(violation("wrong", name, `event ${index + 1} has the number ${sequence}`));
    if (after[before]?.includes(type) !== true)
      found.push(violation("wrong", name, `${type} follows ${before || "nothing"}`));
    before = type;
  }
  if (!final.includes(before))
    found.push(violation("wrong", name, `is open: its last event is ${before || "none"}`));
  const expected = before === "REFUNDED" ? "CAPTURED" : before;
  if (expected !== state)
    found.push(violation("wrong", name, `is ${state}, and its last event is ${before}`));
  return found;
}
