import { ErrorReason as Refusal } from "@theseus/contract/theseus/error/v1/error_reason.js";
import type {
  ImportItemsRequest,
  SyncStockRequest,
  SyncStockResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import { fromItemName, toItemFields } from "../rules/item.js";
import type { InventoryParts, Methods } from "./inventory-service.js";
import { toRequestKey } from "./request-key.js";

/** Many items or counts in one call, taking effect one by one. */
export function createBulkMethods({ items }: InventoryParts): Methods<"importItems" | "syncStock"> {
  async function importRow(row: ImportItemsRequest, call: Call): Promise<boolean> {
    const fields = toItemFields(Item.fromPartial(row.item ?? {}));
    const { title, description, currency, units, nanos, state } = fields;
    const onHand = String(row.onHand);
    const said = ["ImportItems", row.itemId, title, description, currency, units, nanos, state, onHand];
    const key = toRequestKey(call, row.requestId, said);
    return (await items.create({ id: row.itemId, fields, onHand }, key)).repeated;
  }

  async function syncCount(count: SyncStockRequest, call: Call): Promise<SyncStockResponse> {
    const { item, onHand, requestId } = count;
    const key = toRequestKey(call, requestId, ["SyncStock", item, String(onHand)]);
    try {
      const level = await items.syncStock(fromItemName(item), onHand, key);
      return { requestId, outcome: { $case: "level", value: level } };
    } catch (error) {
      return { requestId, outcome: { $case: "refusal", value: toCountRefusal(error) } };
    }
  }

  return {
    async importItems(rows, call) {
      let created = 0n;
      let repeated = 0n;
      try {
        for await (const row of rows) {
          call.signal.throwIfAborted();
          if (await importRow(row, call)) repeated++;
          else created++;
        }
      } catch (error) {
        throw withRow(error, created + repeated);
      }
      return { createdCount: created, repeatedCount: repeated };
    },

    async *syncStock(counts, call) {
      for await (const count of counts) {
        call.signal.throwIfAborted();
        yield await syncCount(count, call);
      }
    },
  };
}

function withRow(error: unknown, row: bigint): unknown {
  if (!(error instanceof StatusError)) return error;
  const metadata = { ...error.details.metadata, row: String(row) };
  return new StatusError(error.reason, error.message, { ...error.details, metadata, cause: error.cause });
}

/** What a count can be refused for; anything else ends the call. */
function toCountRefusal(error: unknown): Refusal {
  const reason = error instanceof StatusError ? error.reason : undefined;
  switch (reason) {
    case ErrorReason.ITEM_NOT_FOUND:
      return Refusal.ITEM_NOT_FOUND;
    case ErrorReason.STOCK_OUT_OF_RANGE:
      return Refusal.STOCK_OUT_OF_RANGE;
    case ErrorReason.REQUEST_ID_REUSED:
      return Refusal.REQUEST_ID_REUSED;
    default:
      throw error;
  }
}
