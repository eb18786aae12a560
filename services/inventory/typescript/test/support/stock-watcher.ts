import type { WatchStockResponse } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { InventoryClient } from "./running-inventory.js";

/** Somebody who watches stock: what was told so far, and the way to leave. */
export interface StockWatcher {
  /** Each as `item on_hand/held/sold`. */
  readonly told: readonly string[];
  /** The resume token of the last one. */
  readonly token: string;
  /** Resolves when so many were told. */
  count(messages: number): Promise<void>;
  /** Resolves with what ended the watch. */
  readonly ended: Promise<unknown>;
  leave(): Promise<void>;
}

export function watchStock(
  client: InventoryClient,
  items: readonly string[],
  resumeToken = "",
): StockWatcher {
  const left = new AbortController();
  const told: string[] = [];
  let token = resumeToken;
  let wake: () => void = () => undefined;

  async function follow(): Promise<unknown> {
    try {
      const stream = client.watchStock({ items: [...items], resumeToken }, { signal: left.signal });
      for await (const message of stream) {
        told.push(describeLevel(message));
        token = message.resumeToken;
        wake();
      }
      return undefined;
    } catch (error) {
      return error;
    }
  }

  const ended = follow();
  return {
    told,
    get token() {
      return token;
    },
    ended,
    async count(messages) {
      while (told.length < messages) {
        const news = new Promise<"news">((resolve) => {
          wake = () => resolve("news");
        });
        const outcome = await Promise.race([news, ended.then((error) => ({ error }))]);
        if (outcome !== "news") throw outcome.error ?? new Error("the watch ended");
      }
    },
    async leave() {
      left.abort();
      await ended;
    },
  };
}

export function describeLevel({ level }: WatchStockResponse): string {
  return `${level?.item} ${level?.onHand}/${level?.held}/${level?.sold}`;
}
