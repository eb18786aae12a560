import type { StockLevel } from "@theseus/contract/theseus/inventory/v1/stock_level.js";
import { ITEMS } from "./item.js";

/** The level of an item at a moment, by the item's id. */
export interface Level {
  readonly item: string;
  readonly stock: StockLevel;
}

/** A change: the new level, and its position in the order of all changes. */
export interface Change extends Level {
  readonly position: string;
}

/** A level from the list of values with which scripts answer it. */
export function fromLevelReply(values: readonly string[]): Level {
  const [item = "", onHand = "", held = "", sold = "", time = ""] = values;
  const stock = {
    item: `${ITEMS}/${item}`,
    onHand: BigInt(onHand),
    held: BigInt(held),
    sold: BigInt(sold),
    changeTime: new Date(Number(time)),
  };
  return { item, stock };
}

export function fromChangeReply(values: readonly string[]): Change {
  const [position = "", ...level] = values;
  return { position, ...fromLevelReply(level) };
}

/** Positions are ids of stream entries, `<ms>-<sequence>`. Negative when a comes before b. */
export function comparePositions(a: string, b: string): number {
  const [timeA = 0, sequenceA = 0] = a.split("-").map(Number);
  const [timeB = 0, sequenceB = 0] = b.split("-").map(Number);
  return timeA - timeB || sequenceA - sequenceB;
}
