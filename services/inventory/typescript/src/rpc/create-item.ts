import type { CreateItemRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { type ItemFields, toItemFields } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";

export async function createItem(
  { items }: InventoryContext,
  request: CreateItemRequest,
  call: Call,
): Promise<Item> {
  const fields = toItemFields(Item.fromPartial(request.item ?? {}));
  const key = toRequestKey(call, request.requestId, saidBy(request, fields));
  const { item } = await items.create({ id: request.itemId, fields, onHand: "0" }, key);
  return item;
}

function saidBy({ itemId }: CreateItemRequest, fields: ItemFields): readonly string[] {
  const { title, description, currency, units, nanos, state } = fields;
  return ["CreateItem", itemId, title, description, currency, units, nanos, state];
}
