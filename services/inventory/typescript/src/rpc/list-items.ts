import type {
  ListItemsRequest,
  ListItemsResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { decodePageToken, encodePageToken, pageSize, RESOURCE_ID } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName, toStateName } from "../rules/item.js";

export async function listItems(
  { items }: InventoryContext,
  request: ListItemsRequest,
): Promise<ListItemsResponse> {
  const state = toStateName(request.state);
  const bound = ["ListItems", state];
  const [after = ""] =
    request.pageToken === "" ? [] : decodePageToken(bound, request.pageToken, [RESOURCE_ID]);
  const size = pageSize(request.pageSize);
  const found = await items.list({ state, after, limit: size + 1 });
  const page = found.slice(0, size);
  const last = found.length > size ? page.at(-1) : undefined;
  return {
    items: page,
    nextPageToken: last === undefined ? "" : encodePageToken(bound, [fromItemName(last.name)]),
  };
}
