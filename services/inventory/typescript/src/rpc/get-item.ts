import type { GetItemRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";

export async function getItem({ items }: InventoryContext, { name }: GetItemRequest): Promise<Item> {
  return items.get(fromItemName(name));
}
