import type {
  WatchStockRequest,
  WatchStockResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { fromResumeToken, toResumeToken } from "../rules/resume-token.js";
import { type LevelUpdate, levelUpdates } from "../watch/stock-watch.js";

export async function* watchStock(
  { levels, feed }: InventoryContext,
  { items, resumeToken }: WatchStockRequest,
  { signal }: Call,
): AsyncGenerator<WatchStockResponse> {
  const ids = items.map(fromItemName);
  const from = fromResumeToken(ids, resumeToken);
  for await (const update of levelUpdates({ levels, feed, items: ids, from, signal })) {
    yield toResponse(ids, update);
  }
}

function toResponse(items: readonly string[], { stock, cursor }: LevelUpdate): WatchStockResponse {
  return { level: stock, resumeToken: toResumeToken(items, cursor) };
}
