import type { EventType, Question } from "../../src/saga/saga.js";
import type { CardBooks } from "./card-world.js";
import type { StockRecord } from "./stock-world.js";

/** One event; a refund's amount and the event's place make up its id. */
export interface Event {
  readonly type: EventType;
  readonly amount: number;
}

/** What a worker has in hand: nothing, a question to ask, an event to insert, or (weakened) to write blindly. */
export type Worker =
  | { readonly kind: "idle" }
  | { readonly kind: "ask"; readonly question: Question; readonly seen: number; readonly state: EventType }
  | { readonly kind: "insert" | "overwrite"; readonly event: Event; readonly seen: number };

export interface Payment {
  readonly log: readonly Event[];
  readonly books: CardBooks;
  /** Requests of callers that are gone; each may still arrive, twice, or never. */
  readonly adrift: readonly string[];
  readonly workers: readonly Worker[];
  /** The client's wishes: to cancel, and to refund so many units. Each is one request of its own. */
  readonly wishes: readonly Wish[];
}

export type Wish =
  | { readonly kind: "cancel" }
  | { readonly kind: "refund"; readonly amount: number }
  | Extract<Worker, { readonly kind: "insert" | "overwrite" }>;

export interface World {
  readonly payments: readonly Payment[];
  readonly reservation: StockRecord;
}

/** What the payment is worth. */
export const TOTAL = 2;

export function refundedIn(log: readonly Event[]): number {
  return log.reduce((sum, { type }, at) => (type === "REFUNDED" ? sum + (log[at - 1]?.amount ?? 0) : sum), 0);
}

export function stateOf(log: readonly Event[]): EventType {
  const last = log.at(-1);
  if (last === undefined) throw new Error("a log starts with CREATED");
  return last.type;
}
