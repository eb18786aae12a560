import type {
  SyncStockRequest,
  SyncStockResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { type Call, ErrorReason, StatusError, toStatusMessage } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";

const COUNT_REFUSALS: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.ITEM_NOT_FOUND,
  ErrorReason.STOCK_OUT_OF_RANGE,
  ErrorReason.REQUEST_ID_REUSED,
]);

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
    if (!isCountRefusal(error)) throw error;
    return { requestId, outcome: { $case: "refusal", value: toStatusMessage(error) } };
  }
}

/** Whether one count is refused; any other error ends the call. */
function isCountRefusal(error: unknown): error is StatusError {
  return error instanceof StatusError && COUNT_REFUSALS.has(error.reason);
}
