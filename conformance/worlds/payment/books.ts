import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Fields, Value } from "../../src/cases/value.js";
import { mismatches } from "../../src/expectations/expectation.js";
import { type CaseRun, StepFailure } from "../../src/steps/case-run.js";
import type { Played } from "./played.js";
import type { BooksStep } from "./steps.js";

const NANOS = 1_000_000_000n;

/**
 * What the payment says, what the provider wrote and who has the reservation agree,
 * whatever became of it. A payment that is not final has no books yet.
 */
export async function checkBooks(
  played: Played,
  { books: name, as }: BooksStep,
  run: CaseRun,
): Promise<void> {
  const answer = await run.call("GetPayment", { as }, { name });
  if ("refusal" in answer) throw new StepFailure("books", { name }, "a payment", answer, ["it is refused"]);
  const payment = answer.ok as Fields;
  const found = { ...moneyOf(played, name), sold: isSold(played, payment) };
  const captured = payment.state === "PAYMENT_STATE_CAPTURED";
  const wanted = captured
    ? { captured: [text(payment.amount)], refunded: text(payment.refunded_amount), sold: true }
    : { net: "0", sold: false };
  const faults = [...mismatches(wanted, found, run.scope)];
  if (!captured && payment.state !== "PAYMENT_STATE_FAILED") faults.push("the payment is not final");
  if (faults.length > 0) throw new StepFailure("books", { name }, wanted, { payment, ...found }, faults);
}

/** Nanos of money: all captures, and the sum of all refunds. */
function moneyOf({ provider }: Played, payment: string) {
  const entries = provider.ledger(payment.replace("payments/", ""));
  const nanos = (wanted: LedgerEntryType) =>
    entries
      .filter(({ type }) => type === wanted)
      .map(({ amount }) => (amount === undefined ? 0n : amount.units * NANOS + BigInt(amount.nanos)));
  const captured = nanos(LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED);
  const refunded = sum(nanos(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED));
  return {
    captured: captured.map(String),
    refunded: String(refunded),
    net: String(sum(captured) - refunded),
  };
}

function isSold({ inventory }: Played, { name, reservation }: Fields): boolean {
  return inventory.get(String(reservation)).payment === name;
}

function text(money: Value | undefined): string {
  const { units = "0", nanos = 0 } = (money ?? {}) as Fields;
  return String(BigInt(String(units)) * NANOS + BigInt(Number(nanos)));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, each) => total + each, 0n);
}
