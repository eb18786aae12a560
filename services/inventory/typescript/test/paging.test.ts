import { randomUUID } from "node:crypto";
import { ItemState } from "@theseus/contract/theseus/inventory/v1/item.js";
import { Code, ErrorReason } from "@theseus/kit";
import { expect } from "chai";
import {
  admin,
  draft,
  type RunningInventory,
  refusal,
  startInventoryWithStore,
} from "./support/running-inventory.js";

const ANY = ItemState.ITEM_STATE_UNSPECIFIED;

describe("InventoryService.ListItems", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());
  beforeEach(() => shop.redis.flushall());

  const create = (itemId: string, state = ItemState.ITEM_STATE_ACTIVE) =>
    shop.client.createItem({ itemId, item: draft({ state }), requestId: randomUUID() }, admin);

  const page = (pageToken = "", pageSize = 2, state = ANY) =>
    shop.client.listItems({ pageSize, pageToken, state });

  const names = (answer: Awaited<ReturnType<typeof page>>) => answer.items.map(({ name }) => name.slice(6));

  it("answers items in the order of their names' bytes", async () => {
    for (const id of ["b", "a-b", "ab", "a", "1", "a1"]) await create(id);
    expect(names(await page("", 200))).to.deep.equal(["1", "a", "a-b", "a1", "ab", "b"]);
  });

  it("is stable while items are added, and ends with an empty token only", async () => {
    for (const id of ["b", "d", "f", "h"]) await create(id);
    const first = await page();
    await create("a");
    await create("e");
    const second = await page(first.nextPageToken);
    const third = await page(second.nextPageToken);
    expect([first, second, third].map(names)).to.deep.equal([["b", "d"], ["e", "f"], ["h"]]);
    expect(third.nextPageToken).to.equal("");
  });

  it("has no further page after one that is exactly full", async () => {
    await create("a");
    await create("b");
    expect((await page()).nextPageToken).to.equal("");
    expect(await page())
      .to.have.property("items")
      .with.length(2);
  });

  it("filters by state, also after an item has changed its state", async () => {
    await create("a");
    await create("b", ItemState.ITEM_STATE_RETIRED);
    await create("c");
    const item = draft({ name: "items/c", state: ItemState.ITEM_STATE_RETIRED });
    await shop.client.updateItem({ item, updateMask: ["state"] }, admin);
    expect(names(await page("", 9, ItemState.ITEM_STATE_ACTIVE))).to.deep.equal(["a"]);
    expect(names(await page("", 9, ItemState.ITEM_STATE_RETIRED))).to.deep.equal(["b", "c"]);
  });

  it("takes 0 for 50 and more than 200 for 200", async () => {
    const rows = Array.from({ length: 203 }, (_, index) => `i${String(index).padStart(3, "0")}`);
    for (const id of rows) await create(id);
    expect((await page("", 0)).items).to.have.length(50);
    expect((await page("", 1000)).items).to.have.length(200);
    expect((await refusal(page("", -1))).reason).to.equal(ErrorReason.VALIDATION_FAILED);
  });

  it("refuses a token of another filter, and one that is none", async () => {
    for (const id of ["a", "b", "c"]) await create(id);
    const { nextPageToken } = await page();
    for (const promise of [page(nextPageToken, 2, ItemState.ITEM_STATE_ACTIVE), page("bm9uZQ"), page("%")]) {
      expect(await refusal(promise)).to.deep.include({
        code: Code.INVALID_ARGUMENT,
        reason: ErrorReason.PAGE_TOKEN_INVALID,
      });
    }
    expect(names(await page(nextPageToken, 1))).to.deep.equal(["c"]);
  });
});
