import type { Answer } from "../../src/saga/saga.js";
import type { Weakening } from "./weakening.js";

/** Inventory's record of one reservation. */
export interface StockRecord {
  readonly state: "HELD" | "EXPIRED" | "COMMITTED" | "RELEASED";
  /** Number of the payment that has it; -1 for none. */
  readonly owner: number;
  /** Bit by bit the payments that may never commit it. */
  readonly fenced: number;
}

export const HELD: StockRecord = { state: "HELD", owner: -1, fenced: 0 };

type StockReaction = readonly [StockRecord, Answer];

export function look(record: StockRecord, payment: number): StockReaction {
  if (record.state === "COMMITTED") return [record, record.owner === payment ? "OPEN" : "TAKEN"];
  return [record, record.state === "HELD" ? "OPEN" : "GONE"];
}

export function commit(record: StockRecord, payment: number, without?: Weakening): StockReaction {
  if ((record.fenced & (1 << payment)) !== 0 && without !== "no fence") return [record, "GONE"];
  const forgotten =
    record.state === "RELEASED" && without === "no tombstone for a reservation that was given back";
  if (record.state === "HELD" || forgotten)
    return [{ ...record, state: "COMMITTED", owner: payment }, "COMMITTED"];
  if (record.state !== "COMMITTED") return [record, "GONE"];
  return [record, record.owner === payment || without === "no owner check" ? "COMMITTED" : "TAKEN"];
}

export function uncommit(record: StockRecord, payment: number, without?: Weakening): StockReaction {
  const forgets = without === "no tombstone for a reservation that was given back";
  const fenced = forgets && record.state === "COMMITTED" ? 0 : record.fenced | (1 << payment);
  const mine = record.state === "COMMITTED" && (record.owner === payment || without === "no owner check");
  return [mine ? { state: "RELEASED", owner: -1, fenced } : { ...record, fenced }, "UNCOMMITTED"];
}
