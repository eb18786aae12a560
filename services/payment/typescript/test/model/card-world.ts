import type { Answer } from "../../src/saga/saga.js";
import type { Weakening } from "./weakening.js";

/** A card provider's books about one payment. Counts stop at 2, which is already one too many. */
export interface CardBooks {
  readonly status: "none" | "authorized" | "captured" | "cancelled" | "declined";
  readonly authorizations: number;
  readonly captures: number;
  readonly gaveBackAll: boolean;
  /** Refund ids that were carried out, and how much they were in sum. */
  readonly refunds: string;
  readonly refunded: number;
}

export const NO_BOOKS: CardBooks = {
  status: "none",
  authorizations: 0,
  captures: 0,
  gaveBackAll: false,
  refunds: "",
  refunded: 0,
};

/** What a call can come to: the books afterwards and the answer. */
export type Reaction<W> = readonly [W, Answer];

export function authorize(books: CardBooks, without?: Weakening): readonly Reaction<CardBooks>[] {
  const approved: CardBooks = {
    ...books,
    status: "authorized",
    authorizations: Math.min(2, books.authorizations + 1),
  };
  switch (books.status) {
    case "none":
      return [
        [approved, "APPROVED"],
        [{ ...books, status: "declined" }, "DECLINED"],
      ];
    case "declined":
      return [[books, "DECLINED"]];
    case "cancelled":
      return without === "provider cancel that is not sticky"
        ? [[approved, "APPROVED"]]
        : [[books, "CANCELLED"]];
    case "authorized":
    case "captured":
      return without === "no provider idempotency" ? [[approved, "APPROVED"]] : [[books, "APPROVED"]];
    default:
      return books.status satisfies never;
  }
}

/** Harsher than the contract: a capture that was refused may go through when it is asked for again. */
export function capture(books: CardBooks, without?: Weakening): readonly Reaction<CardBooks>[] {
  const captured: CardBooks = { ...books, status: "captured", captures: Math.min(2, books.captures + 1) };
  switch (books.status) {
    case "authorized":
      return [
        [captured, "CAPTURED"],
        [books, "REFUSED"],
      ];
    case "captured":
      return without === "no provider idempotency" ? [[captured, "CAPTURED"]] : [[books, "CAPTURED"]];
    case "cancelled":
      return [[books, "CANCELLED"]];
    case "none":
    case "declined":
      return [[books, "REFUSED"]];
    default:
      return books.status satisfies never;
  }
}

export function cancel(books: CardBooks, without?: Weakening): readonly Reaction<CardBooks>[] {
  if (books.status === "captured") return [[books, "CAPTURED"]];
  if (books.status === "declined") return [[books, "CANCELLED"]];
  const forgets = books.status === "none" && without === "no tombstone for a cancel of an unknown id";
  return [[forgets ? books : { ...books, status: "cancelled" }, "CANCELLED"]];
}

export function giveBackAll(books: CardBooks): readonly Reaction<CardBooks>[] {
  return books.status === "captured" ? [[{ ...books, gaveBackAll: true }, "REFUNDED"]] : [[books, "REFUSED"]];
}

export function refund(
  books: CardBooks,
  id: string,
  amount: number,
  without?: Weakening,
): readonly Reaction<CardBooks>[] {
  if (books.status !== "captured") return [[books, "REFUSED"]];
  const repeated = books.refunds.includes(id);
  if (repeated && without !== "no provider idempotency") return [[books, "REFUNDED"]];
  const refunds = repeated ? books.refunds : books.refunds + id;
  return [[{ ...books, refunds, refunded: Math.min(4, books.refunded + amount) }, "REFUNDED"]];
}
