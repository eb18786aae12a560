import { isAtRest } from "../../src/saga/saga.js";
import type { CardBooks } from "./card-world.js";
import { type Event, refundedIn, stateOf, TOTAL, type World } from "./payment-world.js";
import type { StockRecord } from "./stock-world.js";

/** What must never be, whatever happened in whatever order. */
export function violation({ payments, reservation }: World): string | undefined {
  for (const [index, { log, books }] of payments.entries()) {
    const found = moneyViolation(log, books) ?? stockViolation(log, index, reservation);
    if (found) return found;
  }
  const paid = payments.filter(({ log }) => log.some(({ type }) => type === "CAPTURED"));
  return paid.length > 1 ? "two captured payments of one reservation" : undefined;
}

function moneyViolation(log: readonly Event[], books: CardBooks): string | undefined {
  const state = stateOf(log);
  const { status, gaveBackAll, refunded } = books;
  if (books.authorizations > 1) return "authorised twice";
  if (books.captures > 1) return "charged twice";
  if (status === "captured" && !log.some(({ type }) => type === "STOCK_COMMITTED"))
    return "charged before the stock was sold";
  if (state === "FAILED" && (status === "authorized" || (status === "captured" && !gaveBackAll))) {
    return "FAILED, but there is money";
  }
  if (state !== "CAPTURED" && state !== "REFUNDED" && state !== "REFUND_REQUESTED") return undefined;
  if (status !== "captured" || gaveBackAll) return "CAPTURED, but there is no money";
  if (refunded > TOTAL) return "more was refunded than captured";
  if (isAtRest(state) && refunded !== refundedIn(log)) return "the log and the ledger differ about refunds";
  return undefined;
}

function stockViolation(log: readonly Event[], index: number, record: StockRecord): string | undefined {
  const mine = record.state === "COMMITTED" && record.owner === index;
  const state = stateOf(log);
  if (state === "FAILED" && mine) return "FAILED, but the stock is sold to it";
  const captured = log.some(({ type }) => type === "CAPTURED");
  return captured && !mine ? "CAPTURED, but the stock is not sold to it" : undefined;
}
