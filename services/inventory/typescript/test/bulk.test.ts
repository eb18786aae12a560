import { randomUUID } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type {
  ImportItemsRequest,
  SyncStockRequest,
  SyncStockResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Code, ErrorReason } from "@theseus/kit";
import { readDetails } from "@theseus/kit/contract";
import { expect } from "chai";
import {
  ada,
  admin,
  draft,
  newItemId,
  type RunningInventory,
  refusal,
  reserve,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";

async function* stream<T>(messages: readonly T[]): AsyncGenerator<T> {
  yield* messages;
}

describe("InventoryService in bulk", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());

  describe("ImportItems", () => {
    const row = (fields: Partial<ImportItemsRequest> = {}): ImportItemsRequest => ({
      itemId: newItemId(),
      item: draft(),
      onHand: 3n,
      requestId: randomUUID(),
      ...fields,
    });

    it("creates items with their first stock, and counts those that it had already", async () => {
      const [first, second, third] = [row(), row({ onHand: 0n }), row()];
      const once = await shop.client.importItems(stream([first, second]), admin);
      expect(once).to.deep.equal({ createdCount: 2n, repeatedCount: 0n });
      const again = await shop.client.importItems(stream([first, second, third]), admin);
      expect(again).to.deep.equal({ createdCount: 1n, repeatedCount: 2n });
      expect(await shop.client.getItem({ name: `items/${first.itemId}` })).to.include({ onHand: 3n });
    });

    it("ends at the first bad row, names it, and keeps those before it", async () => {
      const [good, after] = [row(), row()];
      const cases = [
        [row({ itemId: good.itemId }), ErrorReason.ITEM_EXISTS],
        [row({ requestId: good.requestId }), ErrorReason.REQUEST_ID_REUSED],
        [row({ onHand: -1n }), ErrorReason.VALIDATION_FAILED],
      ] as const;
      for (const [bad, reason] of cases) {
        const error = await refusal(shop.client.importItems(stream([good, bad, after]), admin));
        expect(error.reason).to.equal(reason);
        expect(error.details.metadata).to.include({ row: "1" });
      }
      expect(await shop.client.getItem({ name: `items/${good.itemId}` })).to.include({ onHand: 3n });
      const missing = refusal(shop.client.getItem({ name: `items/${after.itemId}` }));
      expect((await missing).reason).to.equal(ErrorReason.ITEM_NOT_FOUND);
    });

    it("takes a stream without rows", async () => {
      const nothing = { createdCount: 0n, repeatedCount: 0n };
      expect(await shop.client.importItems(stream([]), admin)).to.deep.equal(nothing);
    });

    it("is for administrators", async () => {
      expect((await refusal(shop.client.importItems(stream([row()]), ada))).reason).to.equal(
        ErrorReason.CALLER_DENIED,
      );
    });
  });

  describe("SyncStock", () => {
    async function sync(counts: readonly SyncStockRequest[]) {
      const answers = [];
      for await (const answer of shop.client.syncStock(stream(counts), admin)) answers.push(answer);
      return answers;
    }

    /** Code, reason and metadata with which a count was refused. */
    function refusalOf(outcome: SyncStockResponse["outcome"]) {
      if (outcome?.$case !== "refusal") throw new Error("the count was taken");
      const { code, details } = outcome.value;
      const { reason, metadata } = readDetails(details.map((detail) => create(AnySchema, detail)));
      return [code, reason, metadata];
    }

    it("answers each count in order, with its level or why it was refused", async () => {
      const item = await stocked(shop.client, 5n);
      await reserve(shop.client, [[item, 3]]);
      const counts = [
        { item, onHand: 4n, requestId: randomUUID() },
        { item: "items/none", onHand: 4n, requestId: randomUUID() },
        { item, onHand: 2n, requestId: randomUUID() },
      ];
      const repeated = { ...counts[0], item, onHand: 9n, requestId: counts[0]?.requestId ?? "" };
      const answers = await sync([...counts, ...counts.slice(0, 1), repeated]);
      expect(answers.map(({ requestId }) => requestId)).to.deep.equal(
        [...counts, repeated, repeated].map(({ requestId }) => requestId),
      );
      const [first, missing, low, again, reused] = answers.map(({ outcome }) => outcome);
      expect(first?.$case === "level" && first.value).to.include({ item, onHand: 4n, held: 3n, sold: 0n });
      expect(refusalOf(missing)).to.deep.equal([Code.NOT_FOUND, "ITEM_NOT_FOUND", { item: "items/none" }]);
      expect(refusalOf(low)).to.deep.equal([Code.OUT_OF_RANGE, "STOCK_OUT_OF_RANGE", { item }]);
      expect(again).to.deep.equal(first);
      expect(refusalOf(reused)).to.deep.equal([Code.INVALID_ARGUMENT, "REQUEST_ID_REUSED", {}]);
    });

    it("answers a count before the next one is sent", async () => {
      const item = await stocked(shop.client, 5n);
      const gates: (() => void)[] = [];
      const counts = (async function* () {
        for (let onHand = 10n; onHand < 13n; onHand++) {
          yield { item, onHand, requestId: randomUUID() };
          await new Promise<void>((resolve) => gates.push(resolve));
        }
      })();
      const levels: bigint[] = [];
      for await (const { outcome } of shop.client.syncStock(counts, admin)) {
        if (outcome?.$case === "level") levels.push(outcome.value.onHand);
        gates.shift()?.();
      }
      expect(levels).to.deep.equal([10n, 11n, 12n]);
    });

    it("ends at a count that breaks a rule", async () => {
      const error = await refusal(sync([{ item: "no", onHand: -1n, requestId: randomUUID() }]));
      expect(error.reason).to.equal(ErrorReason.VALIDATION_FAILED);
    });
  });
});
