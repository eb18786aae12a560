import type { Money } from "@theseus/contract/google/type/money.js";
import { type Item, ItemState } from "@theseus/contract/theseus/inventory/v1/item.js";
import { assertResourceName } from "@theseus/kit";

export const ITEMS = "items";

/** An item's properties as they are stored, without its stock. */
export interface ItemFields {
  readonly title: string;
  readonly description: string;
  readonly currency: string;
  readonly units: string;
  readonly nanos: string;
  readonly state: string;
}

const STATE_NAMES = new Map([
  [ItemState.ITEM_STATE_ACTIVE, "ACTIVE"],
  [ItemState.ITEM_STATE_RETIRED, "RETIRED"],
]);

/** The id in an item's name. */
export function fromItemName(name: string): string {
  return assertResourceName(ITEMS, name, "item");
}

/** How a state is stored; empty for an unspecified one. */
export function toStateName(state: ItemState): string {
  return STATE_NAMES.get(state) ?? "";
}

export function fromStateName(name: string): ItemState {
  for (const [state, stateName] of STATE_NAMES) if (stateName === name) return state;
  return ItemState.ITEM_STATE_UNSPECIFIED;
}

export function toItemFields(item: Item): ItemFields {
  const price = item.unitPrice;
  return {
    title: item.title,
    description: item.description,
    currency: price?.currencyCode ?? "",
    units: String(price?.units ?? 0n),
    nanos: String(price?.nanos ?? 0),
    state: toStateName(item.state) || "ACTIVE",
  };
}

/** An item from the list of values with which scripts answer it. */
export function fromItemReply(values: readonly string[]): Item {
  const [id = "", title = "", description = "", currency = "", units = "", nanos = "", ...rest] = values;
  const [onHand = "", held = "", sold = "", state = "", createTime = "", updateTime = "", revision = ""] =
    rest;
  return {
    name: `${ITEMS}/${id}`,
    title,
    description,
    unitPrice: fromStoredMoney(currency, units, nanos),
    onHand: BigInt(onHand),
    held: BigInt(held),
    sold: BigInt(sold),
    state: fromStateName(state),
    createTime: new Date(Number(createTime)),
    updateTime: new Date(Number(updateTime)),
    etag: revision,
  };
}

export function fromStoredMoney(currency: string, units: string, nanos: string): Money {
  return { currencyCode: currency, units: BigInt(units), nanos: Number(nanos) };
}
