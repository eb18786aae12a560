import { ErrorReason as Refusal } from "@theseus/contract/theseus/error/v1/error_reason.js";
import type {
  SyncStockRequest,
  SyncStockResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";

/** Many counts in one call, taking effect and answered one by one. */
export async function* syncStock(
  context: InventoryContext,
  counts: AsyncIterable<SyncStockRequest>,
  call: Call,
): AsyncGenerator<SyncStockResponse> {
  for await (const count of counts) {
    call.signal.throwIfAborted();
    yield await syncCount(context, count, call);
  }
}

async function syncCount(
  { items }: InventoryContext,
  { item, onHand, requestId }: SyncStockRequest,
  call: Call,
): Promise<SyncStockResponse> {
  const key = toRequestKey(call, requestId, ["SyncStock", item, String(onHand)]);
  try {
    const level = await items.syncStock(fromItemName(item), onHand, key);
    return { requestId, outcome: { $case: "level", value: level } };
  } catch (error) {
    return { requestId, outcome: { $case: "refusal", value: toCountRefusal(error) } };
  }
}

/** The reasons for which one count is refused; any other ends the call. */
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
