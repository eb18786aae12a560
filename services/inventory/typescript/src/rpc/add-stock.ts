import type { AddStockRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";

export async function addStock(
  { items }: InventoryContext,
  { name, quantity, requestId }: AddStockRequest,
  call: Call,
): Promise<Item> {
  const key = toRequestKey(call, requestId, ["AddStock", name, String(quantity)]);
  return items.addStock(fromItemName(name), quantity, key);
}
