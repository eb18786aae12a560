import type { CardBooks } from "./card-world.js";
import { interner } from "./interner.js";
import type { Event, Payment, Wish, Worker, World } from "./payment-world.js";
import type { StockRecord } from "./stock-world.js";

const logs = interner<readonly Event[]>((log) => log.map(keyOfEvent).join());
const books = interner<CardBooks>((each) => Object.values(each).join());
const messages = interner<readonly string[]>((adrift) => adrift.join());
const crews = interner<readonly Worker[]>((workers) => workers.map(keyOfActor).sort().join());
const wishLists = interner<readonly Wish[]>((wishes) => wishes.map(keyOfActor).join());
const payments = interner<Payment>((each) => {
  const money = `${logs(each.log)},${books(each.books)},${messages(each.adrift)}`;
  return `${money},${crews(each.workers)},${wishLists(each.wishes)}`;
});

/** Workers do the same work, and so do two payments: worlds that differ in their order alone are one. */
export function keyOf({ payments: [first, second], reservation }: World): string {
  if (first === undefined) throw new Error("a world has a payment");
  const a = payments(first);
  if (second === undefined) return `${keyOfStock(reservation)}|${a}`;
  const b = payments(second);
  const straight = `${keyOfStock(reservation)}|${a}|${b}`;
  const turned = `${keyOfStock(turn(reservation))}|${b}|${a}`;
  if (a === b) return straight < turned ? straight : turned;
  return a < b ? straight : turned;
}

function keyOfStock({ state, owner, fenced }: StockRecord): string {
  return `${state},${owner},${fenced}`;
}

/** The record as it is when the two payments change places. */
function turn({ state, owner, fenced }: StockRecord): StockRecord {
  return { state, owner: owner < 0 ? owner : 1 - owner, fenced: ((fenced & 1) << 1) | (fenced >> 1) };
}

function keyOfEvent({ type, amount }: Event): string {
  return `${type.slice(0, 2)}${type.at(-1)}${amount || ""}`;
}

function keyOfActor(actor: Worker | Wish): string {
  switch (actor.kind) {
    case "idle":
      return "-";
    case "cancel":
      return "c";
    case "refund":
      return `r${actor.amount}`;
    case "ask":
      return `?${actor.question}${actor.seen}${actor.state}`;
    case "insert":
    case "overwrite":
      return `${actor.kind[0]}${keyOfEvent(actor.event)}${actor.seen}`;
    default:
      return actor satisfies never;
  }
}
