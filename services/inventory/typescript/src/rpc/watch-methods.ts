import type { WatchStockResponse } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { fromItemName } from "../rules/item.js";
import { decodeResumeToken, encodeResumeToken } from "../rules/resume-token.js";
import { type Told, tellLevels } from "../watch/stock-watch.js";
import type { InventoryParts, Methods } from "./inventory-service.js";

/** Levels of stock as they are and as they change. */
export function createWatchMethods(parts: InventoryParts): Methods<"watchStock"> {
  return {
    async *watchStock({ items, resumeToken }, call) {
      const ids = items.map(fromItemName);
      const from = decodeResumeToken(ids, resumeToken);
      for await (const told of tellLevels({ ...parts, items: ids, from, signal: call.signal })) {
        yield toResponse(ids, told);
      }
    },
  };
}

function toResponse(items: readonly string[], { stock, cursor }: Told): WatchStockResponse {
  return { level: stock, resumeToken: encodeResumeToken(items, cursor) };
}
