import type { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import type { StockLevel } from "@theseus/contract/theseus/inventory/v1/stock_level.js";
import { fromItemReply, type ItemFields } from "../rules/item.js";
import type { RequestKey } from "../rules/request-key.js";
import { fromLevelReply } from "../rules/stock-level.js";
import { texts } from "./reply-values.js";
import type { RunScript } from "./scripts.js";

export interface NewItem {
  readonly id: string;
  readonly fields: ItemFields;
  readonly onHand: string;
}

export interface ItemUpdate {
  /** One for each call; a command that arrives twice takes effect once. */
  readonly updateId: string;
  readonly id: string;
  /** The etag of the item that was read. */
  readonly etag: string;
  readonly fields: ItemFields;
}

export interface ItemFilter {
  /** Stored name of the state, or empty for any. */
  readonly state: string;
  /** Id after which to start, or empty. */
  readonly after: string;
  readonly limit: number;
}

export type ItemStore = ReturnType<typeof createItemStore>;

/** Items in Redis, as storage.md describes them. */
export function createItemStore(run: RunScript) {
  return {
    async create(
      item: NewItem,
      key: RequestKey,
    ): Promise<{ readonly item: Item; readonly repeated: boolean }> {
      const { title, description, currency, units, nanos, state } = item.fields;
      const fields = [title, description, currency, units, nanos, state];
      const reply = await run("create-item", [...keyArgs(key), item.id, ...fields, item.onHand]);
      return { item: fromItemReply(texts(reply.values)), repeated: reply.repeated };
    },

    async update({ updateId, id, etag, fields }: ItemUpdate): Promise<Item> {
      const reply = await run("update-item", [updateId, id, etag, ...Object.entries(fields).flat()]);
      return fromItemReply(texts(reply.values));
    },

    async get(id: string): Promise<Item> {
      const reply = await run("get-item", [id]);
      return fromItemReply(texts(reply.values));
    },

    async list({ state, after, limit }: ItemFilter): Promise<readonly Item[]> {
      const reply = await run("list-items", [state, after, String(limit)]);
      return reply.values.map((row) => fromItemReply(texts(row)));
    },

    async addStock(id: string, quantity: bigint, key: RequestKey): Promise<Item> {
      const reply = await run("add-stock", [...keyArgs(key), id, String(quantity)]);
      return fromItemReply(texts(reply.values));
    },

    async syncStock(id: string, onHand: bigint, key: RequestKey): Promise<StockLevel> {
      const reply = await run("sync-stock", [...keyArgs(key), id, String(onHand)]);
      return fromLevelReply(texts(reply.values)).stock;
    },
  };
}

function keyArgs(key: RequestKey): readonly string[] {
  return [key.scope, key.requestId, key.fingerprint];
}
