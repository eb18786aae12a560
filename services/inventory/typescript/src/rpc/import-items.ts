import type {
  ImportItemsRequest,
  ImportItemsResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import { type Call, StatusError } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { toItemFields } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";

/** Many items in one call, taking effect one by one. */
export async function importItems(
  context: InventoryContext,
  rows: AsyncIterable<ImportItemsRequest>,
  call: Call,
): Promise<ImportItemsResponse> {
  let created = 0n;
  let repeated = 0n;
  try {
    for await (const row of rows) {
      call.signal.throwIfAborted();
      if (await importRow(context, row, call)) repeated++;
      else created++;
    }
  } catch (error) {
    throw withRow(error, created + repeated);
  }
  return { createdCount: created, repeatedCount: repeated };
}

/** True when the row took effect before. */
async function importRow({ items }: InventoryContext, row: ImportItemsRequest, call: Call): Promise<boolean> {
  const fields = toItemFields(Item.fromPartial(row.item ?? {}));
  const { title, description, currency, units, nanos, state } = fields;
  const onHand = String(row.onHand);
  const said = ["ImportItems", row.itemId, title, description, currency, units, nanos, state, onHand];
  const key = toRequestKey(call, row.requestId, said);
  return (await items.create({ id: row.itemId, fields, onHand }, key)).repeated;
}

function withRow(error: unknown, row: bigint): unknown {
  if (!(error instanceof StatusError)) return error;
  const metadata = { ...error.details.metadata, row: String(row) };
  return new StatusError(error.reason, error.message, { ...error.details, metadata, cause: error.cause });
}
