import { ItemSchema } from "@theseus/contract/es/theseus/inventory/v1/item_pb.js";
import type {
  CreateItemRequest,
  UpdateItemRequest,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import {
  applyFieldMask,
  assertEtag,
  assertResourceName,
  type Call,
  decodePageToken,
  ErrorReason,
  encodePageToken,
  pageSize,
  StatusError,
} from "@theseus/kit";
import { fromItemName, ITEMS, type ItemFields, toItemFields, toStateName } from "../rules/item.js";
import type { InventoryParts, Methods } from "./inventory-service.js";
import { toRequestKey } from "./request-key.js";

const CHANGEABLE: readonly string[] = ["*", "title", "description", "unit_price", "state"];

type ItemMethods = Methods<"createItem" | "updateItem" | "getItem" | "listItems" | "addStock">;

/** The catalogue and what is added to its stock. */
export function createItemMethods({ items, newId }: InventoryParts): ItemMethods {
  async function update(id: string, given: Item, mask: readonly string[] | undefined): Promise<Item> {
    const current = await items.get(id);
    const wanted = applyFieldMask(ItemSchema, { current, given, mask });
    assertChangeable(mask ?? []);
    assertEtag(given.etag, current.etag);
    return items.update({ updateId: newId(), id, etag: current.etag, fields: toItemFields(wanted) });
  }

  return {
    async createItem(request, call) {
      const fields = toItemFields(Item.fromPartial(request.item ?? {}));
      const key = toRequestKey(call, request.requestId, createItemFingerprint(request, fields));
      const { item } = await items.create({ id: request.itemId, fields, onHand: "0" }, key);
      return item;
    },

    async updateItem({ item, updateMask }: UpdateItemRequest, call: Call) {
      const given = Item.fromPartial(item ?? {});
      const id = assertResourceName(ITEMS, given.name, "item.name");
      while (true) {
        try {
          return await update(id, given, updateMask);
        } catch (error) {
          // Without an etag of the caller's, somebody else's update in between is none of the caller's business.
          if (given.etag !== "" || !isMismatch(error)) throw error;
          call.signal.throwIfAborted();
        }
      }
    },

    getItem: ({ name }) => items.get(fromItemName(name)),

    async listItems(request) {
      const state = toStateName(request.state);
      const bound = ["ListItems", state];
      const [after = ""] = request.pageToken === "" ? [] : decodePageToken(bound, request.pageToken, [/./]);
      const size = pageSize(request.pageSize);
      const found = await items.list({ state, after, limit: size + 1 });
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return {
        items: page,
        nextPageToken: last === undefined ? "" : encodePageToken(bound, [fromItemName(last.name)]),
      };
    },

    addStock({ item, quantity, requestId }, call) {
      const key = toRequestKey(call, requestId, ["AddStock", item, String(quantity)]);
      return items.addStock(fromItemName(item), quantity, key);
    },
  };
}

function createItemFingerprint(request: CreateItemRequest, fields: ItemFields): readonly string[] {
  const { title, description, currency, units, nanos, state } = fields;
  return ["CreateItem", request.itemId, title, description, currency, units, nanos, state];
}

/** The price is one value: its parts mean nothing alone. */
function assertChangeable(mask: readonly string[]): void {
  const violations = mask.flatMap((path, index) =>
    CHANGEABLE.includes(path)
      ? []
      : [
          {
            field: `update_mask.paths[${index}]`,
            rule: "field_mask.read_only",
            message: "this field cannot be changed",
          },
        ],
  );
  if (violations.length === 0) return;
  throw new StatusError(ErrorReason.FIELD_MASK_INVALID, "update_mask names a field that cannot be set", {
    violations,
  });
}

function isMismatch(error: unknown): boolean {
  return error instanceof StatusError && error.reason === ErrorReason.ETAG_MISMATCH;
}
