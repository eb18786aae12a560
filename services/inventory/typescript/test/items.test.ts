import { randomUUID } from "node:crypto";
import { ItemState } from "@theseus/contract/theseus/inventory/v1/item.js";
import { Code, ErrorReason } from "@theseus/kit";
import { asAdministrator } from "@theseus/testing";
import { expect } from "chai";
import {
  ada,
  admin,
  draft,
  euros,
  newItemId,
  type RunningInventory,
  refusal,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";

describe("InventoryService items", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());

  describe("CreateItem", () => {
    it("answers the item, active, without stock", async () => {
      const itemId = newItemId();
      const before = new Date();
      const item = draft({ description: "boils\n\u0000wäter", onHand: 9n, sold: 9n, etag: "x" });
      const created = await shop.client.createItem({ itemId, item, requestId: randomUUID() }, admin);
      expect(created).to.deep.include({
        name: `items/${itemId}`,
        title: "Kettle",
        description: "boils\n\u0000wäter",
        unitPrice: euros(12n, 500_000_000),
        onHand: 0n,
        held: 0n,
        sold: 0n,
        state: ItemState.ITEM_STATE_ACTIVE,
      });
      expect(created.createTime).to.be.within(before, new Date());
      expect(created.updateTime).to.deep.equal(created.createTime);
      expect(await shop.client.getItem({ name: created.name })).to.deep.equal(created);
    });

    it("answers a repeated request as the first time, whatever happened since", async () => {
      const request = { itemId: newItemId(), item: draft(), requestId: randomUUID() };
      const created = await shop.client.createItem(request, admin);
      await shop.client.addStock({ name: created.name, quantity: 3n, requestId: randomUUID() }, admin);
      expect(await shop.client.createItem(request, admin)).to.deep.equal(created);
    });

    it("refuses a request id that was used for something else", async () => {
      const request = { itemId: newItemId(), item: draft(), requestId: randomUUID() };
      const created = await shop.client.createItem(request, admin);
      const other = { ...request, item: draft({ title: "Pot" }) };
      expect(await refusal(shop.client.createItem(other, admin))).to.deep.include({
        code: Code.INVALID_ARGUMENT,
        reason: ErrorReason.REQUEST_ID_REUSED,
      });
      const add = { name: created.name, quantity: 1n, requestId: request.requestId };
      expect((await refusal(shop.client.addStock(add, admin))).reason).to.equal(
        ErrorReason.REQUEST_ID_REUSED,
      );
    });

    it("refuses an id that is in use", async () => {
      const request = { itemId: newItemId(), item: draft(), requestId: randomUUID() };
      await shop.client.createItem(request, admin);
      const error = await refusal(shop.client.createItem({ ...request, requestId: randomUUID() }, admin));
      expect(error).to.deep.include({ code: Code.ALREADY_EXISTS, reason: ErrorReason.ITEM_EXISTS });
    });

    it("names the fields that break a rule", async () => {
      const item = draft({ title: "", unitPrice: { currencyCode: "XXX", units: -1n, nanos: 1 } });
      const error = await refusal(shop.client.createItem({ itemId: "UPPER", item, requestId: "no" }, admin));
      expect(error.reason).to.equal(ErrorReason.VALIDATION_FAILED);
      expect(error.details.violations.map(({ field }) => field)).to.include.members([
        "item_id",
        "item",
        "item.unit_price",
        "request_id",
      ]);
    });

    it("is for administrators", async () => {
      const request = { itemId: newItemId(), item: draft(), requestId: randomUUID() };
      expect((await refusal(shop.client.createItem(request, ada))).reason).to.equal(
        ErrorReason.CALLER_DENIED,
      );
      const asPayment = asAdministrator("users/root", { workload: "payment" });
      expect((await refusal(shop.client.createItem(request, asPayment))).reason).to.equal(
        ErrorReason.CALLER_DENIED,
      );
    });
  });

  describe("UpdateItem", () => {
    const update = (item: ReturnType<typeof draft>, updateMask?: string[]) =>
      shop.client.updateItem({ item, updateMask }, admin);

    it("changes what the mask names, and the etag with it", async () => {
      const name = await stocked(shop.client, 5n);
      const before = await shop.client.getItem({ name });
      const changed = await update(draft({ name, title: "Pot", unitPrice: euros(99n) }), ["title"]);
      expect(changed).to.deep.equal({
        ...before,
        title: "Pot",
        etag: changed.etag,
        updateTime: changed.updateTime,
      });
      expect(changed.etag).not.to.equal(before.etag);
      expect(await shop.client.getItem({ name })).to.deep.equal(changed);
    });

    it("changes the fields that are set when there is no mask, and all of them for *", async () => {
      const name = await stocked(shop.client, 0n, { description: "old" });
      const some = await update(draft({ name, title: "Pot" }));
      expect(some).to.include({ title: "Pot", description: "old" });
      const all = await update(draft({ name, state: ItemState.ITEM_STATE_RETIRED }), ["*"]);
      expect(all).to.include({ title: "Kettle", description: "", state: ItemState.ITEM_STATE_RETIRED });
    });

    it("leaves etag and update time alone when nothing changes, or only the stock", async () => {
      const name = await stocked(shop.client, 0n);
      const before = await shop.client.getItem({ name });
      expect(await update(draft({ name }))).to.deep.equal(before);
      const added = await shop.client.addStock({ name: name, quantity: 1n, requestId: randomUUID() }, admin);
      expect(added).to.deep.equal({ ...before, onHand: 1n });
    });

    it("refuses an etag that is not the current one", async () => {
      const name = await stocked(shop.client, 0n);
      const { etag } = await shop.client.getItem({ name });
      await update(draft({ name, title: "Pot", etag }));
      const error = await refusal(update(draft({ name, title: "Pan", etag })));
      expect(error).to.deep.include({ code: Code.ABORTED, reason: ErrorReason.ETAG_MISMATCH });
    });

    it("loses none of many updates at once", async () => {
      const name = await stocked(shop.client, 0n);
      await Promise.all([
        ...["a", "b", "c", "d"].map((title) => update(draft({ name, title }), ["title"])),
        ...["1", "2", "3", "4"].map((description) => update(draft({ name, description }), ["description"])),
      ]);
      const item = await shop.client.getItem({ name });
      expect(item.title).to.match(/^[a-d]$/);
      expect(item.description).to.match(/^[1-4]$/);
    });

    it("refuses paths that cannot be set", async () => {
      const name = await stocked(shop.client, 0n);
      for (const path of ["on_hand", "name", "create_time", "etag", "unit_price.units", "colour"]) {
        const error = await refusal(update(draft({ name }), [path]));
        expect(error.reason, path).to.equal(ErrorReason.FIELD_MASK_INVALID);
        expect(error.details.violations[0]?.field).to.equal("update_mask.paths[0]");
      }
    });

    it("refuses an item that does not exist", async () => {
      const error = await refusal(update(draft({ name: "items/none" })));
      expect(error.reason).to.equal(ErrorReason.ITEM_NOT_FOUND);
    });
  });

  describe("GetItem", () => {
    it("names the item that does not exist", async () => {
      const error = await refusal(shop.client.getItem({ name: "items/none" }));
      expect(error).to.deep.include({ code: Code.NOT_FOUND, reason: ErrorReason.ITEM_NOT_FOUND });
      expect(error.details.metadata).to.deep.equal({ item: "items/none" });
    });
  });

  describe("AddStock", () => {
    it("adds once for each request id", async () => {
      const name = await stocked(shop.client, 5n);
      const request = { name, quantity: 2n, requestId: randomUUID() };
      const first = await shop.client.addStock(request, admin);
      await shop.client.addStock({ ...request, requestId: randomUUID() }, admin);
      expect(first.onHand).to.equal(7n);
      expect(await shop.client.addStock(request, admin)).to.deep.equal(first);
      expect((await shop.client.getItem({ name })).onHand).to.equal(9n);
    });

    it("is exact over the whole range of int64, and ends there", async () => {
      const name = await stocked(shop.client, 2n ** 53n + 1n);
      const quantity = 2n ** 63n - 1n - (2n ** 53n + 1n);
      const full = await shop.client.addStock({ name: name, quantity, requestId: randomUUID() }, admin);
      expect(full.onHand).to.equal(2n ** 63n - 1n);
      const error = await refusal(
        shop.client.addStock({ name: name, quantity: 1n, requestId: randomUUID() }, admin),
      );
      expect(error).to.deep.include({ code: Code.OUT_OF_RANGE, reason: ErrorReason.STOCK_OUT_OF_RANGE });
      expect(error.details.metadata).to.deep.equal({ item: name });
    });

    it("takes another user's request id for another one", async () => {
      const name = await stocked(shop.client, 0n);
      const request = { name, quantity: 2n, requestId: randomUUID() };
      const other = asAdministrator("users/other");
      await shop.client.addStock(request, admin);
      expect((await shop.client.addStock(request, other)).onHand).to.equal(4n);
    });

    it("refuses an item that does not exist", async () => {
      const request = { name: "items/none", quantity: 2n, requestId: randomUUID() };
      expect((await refusal(shop.client.addStock(request, admin))).reason).to.equal(
        ErrorReason.ITEM_NOT_FOUND,
      );
    });
  });
});
