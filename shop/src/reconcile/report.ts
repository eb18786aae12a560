import { moneyText } from "../money.js";
import type { Mismatch, Reconciliation, StrayCharge } from "./reconcile.js";

/** What is wrong, and what to do where it was not mended, by the contract's kind without its prefix. */
const KINDS: Readonly<Record<string, { readonly what: string; readonly todo: string }>> = {
  STOCK_NOT_SOLD: {
    what: "the reservation is not sold to it",
    todo: "its pieces can be sold to others: count them (SyncStock), or refund the payment (RefundPayment)",
  },
  STOCK_SOLD: {
    what: "it has failed, and has the reservation",
    todo: "run theseus reconcile again when inventory answers",
  },
  MONEY_NOT_TAKEN: {
    what: "the card provider has not taken its money",
    todo: "ask the provider; without an authorisation there only the customer can pay again",
  },
  MONEY_SET_ASIDE: {
    what: "it has failed, and the card provider still sets money aside",
    todo: "run theseus reconcile again when the provider answers",
  },
  MONEY_TAKEN: {
    what: "it has failed, and the card provider has kept money",
    todo: "have the provider give it back by hand: part of it was given back before",
  },
  REFUND_MISSING: {
    what: "the card provider has not made this refund, or has made another",
    todo: "ask the provider what it has made",
  },
  REFUND_UNKNOWN: {
    what: "the card provider has made a refund that nobody asked for here",
    todo: "ask who has made it by hand: the payment still counts the money as kept",
  },
};

/** Nothing is left for people to do. */
export function isClean({ mismatches, strays }: Reconciliation): boolean {
  return strays.length === 0 && mismatches.every(({ mended }) => mended);
}

/** One line for a start: `all 12 payments agree`. */
export function summary({ compared, open, more, mismatches, strays }: Reconciliation): string {
  const which = more ? `the latest ${compared}` : `${compared}`;
  const mended = mismatches.filter((each) => each.mended).length;
  const left = mismatches.length - mended + strays.length;
  return [
    mismatches.length + strays.length === 0 ? `${which} payments agree` : `${which} payments compared`,
    ...(mended > 0 ? [`mended: ${mended}`] : []),
    ...(left > 0 ? [`left to people: ${left} (theseus reconcile)`] : []),
    ...(open > 0 ? [`${open} under way`] : []),
  ].join(", ");
}

/** Each mismatch by name, what each side says, and what to do. */
export function report(found: Reconciliation): string {
  const { compared, open, mismatches, strays } = found;
  const underWay = open === 0 ? [] : [`${open} under way: payment's recovery drives them to their end.`];
  const lines = [...mismatches.map(describe), ...strays.map(describeStray)];
  const end = lines.length === 0 ? "Payments, stock and the card provider's ledger agree." : lines.join("\n");
  return [`${compared} payments compared.`, ...underWay, end].join("\n");
}

export function describe({ payment, kind, subject, expected, found, mended }: Mismatch): string {
  const name = kind.replace("PAYMENT_MISMATCH_KIND_", "");
  const { what, todo } = KINDS[name] ?? { what: name, todo: "see the contract: payment_mismatch.proto" };
  return [
    `${payment}: ${what} (${name}).`,
    `  ${subject}: expected ${expected}, found ${found}.`,
    mended ? "  Mended." : `  Not mended: ${todo}.`,
  ].join("\n");
}

function describeStray({ paymentId, amount, captured }: StrayCharge): string {
  return [
    `The card provider has ${captured ? "taken" : "set aside"} ${moneyText(amount)} for ${paymentId}, a payment that does not exist.`,
    "  Not mended: payment's store has lost it. Restore the store, or have the provider give the money back by hand.",
  ].join("\n");
}
