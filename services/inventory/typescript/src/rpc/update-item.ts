import { ItemSchema } from "@theseus/contract/es/theseus/inventory/v1/item_pb.js";
import type { UpdateItemRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import {
  applyFieldMask,
  assertEtag,
  assertResourceName,
  type Call,
  ErrorReason,
  StatusError,
} from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { ITEMS, toItemFields } from "../rules/item.js";

/** The price is one value: its parts cannot be changed one by one. */
const CHANGEABLE = ["title", "description", "unit_price", "state"];

export async function updateItem(
  context: InventoryContext,
  { item, updateMask }: UpdateItemRequest,
  call: Call,
): Promise<Item> {
  const given = Item.fromPartial(item ?? {});
  const id = assertResourceName(ITEMS, given.name, "item.name");
  while (true) {
    try {
      return await update(context, { id, given, mask: updateMask });
    } catch (error) {
      // A caller who gave no etag wants the update also when somebody else has updated the item in between.
      if (given.etag !== "" || !isMismatch(error)) throw error;
      call.signal.throwIfAborted();
    }
  }
}

interface Update {
  readonly id: string;
  readonly given: Item;
  readonly mask: readonly string[] | undefined;
}

async function update({ items, newId }: InventoryContext, { id, given, mask }: Update): Promise<Item> {
  const current = await items.get(id);
  const wanted = applyFieldMask(ItemSchema, { current, given, mask, changeable: CHANGEABLE });
  assertEtag(given.etag, current.etag);
  return items.update({ updateId: newId(), id, etag: current.etag, fields: toItemFields(wanted) });
}

function isMismatch(error: unknown): boolean {
  return error instanceof StatusError && error.reason === ErrorReason.ETAG_MISMATCH;
}
