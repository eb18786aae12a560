import { randomUUID } from "node:crypto";
import { Code, ErrorReason, type StatusError } from "@theseus/kit";
import { expect } from "chai";
import {
  admin,
  draft,
  payment,
  type RunningInventory,
  reserve,
  startInventoryWithStore,
} from "./support/running-inventory.js";
import { watchStock } from "./support/stock-watcher.js";

describe("InventoryService.WatchStock", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());
  beforeEach(() => shop.redis.flushall());

  const create = (itemId: string) =>
    shop.client.createItem({ itemId, item: draft(), requestId: randomUUID() }, admin);
  const add = (id: string, quantity: bigint) =>
    shop.client.addStock({ name: `items/${id}`, quantity, requestId: randomUUID() }, admin);

  it("tells each level once, then every change in its order", async () => {
    await create("a");
    await create("b");
    await add("a", 5n);
    const watcher = watchStock(shop.client, []);
    await watcher.count(2);
    await add("b", 1n);
    const { name } = await reserve(shop.client, [
      ["items/b", 1],
      ["items/a", 2],
    ]);
    await shop.client.commitReservation({ name, payment: "payments/p" }, payment);
    await create("c");
    await watcher.count(8);
    expect(watcher.told).to.deep.equal([
      "items/a 5/0/0",
      "items/b 0/0/0",
      "items/b 1/0/0",
      "items/b 1/1/0",
      "items/a 5/2/0",
      "items/b 0/0/1",
      "items/a 3/0/2",
      "items/c 0/0/0",
    ]);
    await watcher.leave();
  });

  it("tells of the items that are named alone, those to come included", async () => {
    await create("a");
    await create("b");
    const watcher = watchStock(shop.client, ["items/z", "items/b"]);
    await watcher.count(1);
    await add("a", 1n);
    await create("z");
    await add("b", 1n);
    await watcher.count(3);
    expect(watcher.told).to.deep.equal(["items/b 0/0/0", "items/z 0/0/0", "items/b 1/0/0"]);
    await watcher.leave();
  });

  it("goes on right after any message, the first levels included, whichever instance is asked", async () => {
    const second = await shop.another();
    for (const id of ["a", "b", "c"]) await create(id);
    const tokens: string[] = [];
    for await (const message of shop.client.watchStock({ items: [], resumeToken: "" })) {
      tokens.push(message.resumeToken);
      if (tokens.length === 3) break;
    }
    await add("a", 1n);
    await add("c", 2n);
    await create("b2");
    const rest = [
      ["items/a 1/0/0", "items/b 0/0/0", "items/b2 0/0/0", "items/c 2/0/0"],
      ["items/a 1/0/0", "items/b2 0/0/0", "items/c 2/0/0"],
      ["items/a 1/0/0", "items/c 2/0/0", "items/b2 0/0/0"],
    ];
    for (const [index, expected] of rest.entries()) {
      const client = index === 0 ? shop.client : second.client;
      const watcher = watchStock(client, [], tokens[index]);
      await watcher.count(expected.length);
      await watcher.leave();
      expect(watcher.told, `after message ${index}`).to.deep.equal(expected);
    }
    await second.client[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  });

  it("misses and repeats nothing when it is broken off and resumed again and again", async () => {
    await create("a");
    const told: string[] = [];
    let token = "";
    const adding = (async () => {
      for (let index = 0; index < 120; index++) await add("a", 1n);
    })();
    while (told.at(-1) !== "items/a 120/0/0") {
      const watcher = watchStock(shop.client, ["items/a"], token);
      // No more than are still to come.
      const left = 120 - Number(told.at(-1)?.split(/[ /]/)[2] ?? 0);
      await watcher.count(Math.min(1 + (told.length % 7), left));
      await watcher.leave();
      told.push(...watcher.told);
      ({ token } = watcher);
    }
    await adding;
    const first = Number(told[0]?.split(/[ /]/)[2]);
    const expected = Array.from({ length: 121 - first }, (_, index) => `items/a ${first + index}/0/0`);
    expect(told).to.deep.equal(expected);
  });

  it("tells thousands of levels while they change, so that the last word on each is right", async () => {
    const rows = Array.from({ length: 450 }, (_, index) => `i${String(index).padStart(4, "0")}`);
    await shop.client.importItems(
      (async function* () {
        for (const itemId of rows) yield { itemId, item: draft(), onHand: 1n, requestId: randomUUID() };
      })(),
      admin,
    );
    const last = new Map<string, string>();
    const left = new AbortController();
    let step = 0;
    const stream = shop.client.watchStock({ items: [], resumeToken: "" }, { signal: left.signal });
    for await (const { level } of stream) {
      if (level === undefined) continue;
      last.set(level.item.slice(6), `${level.onHand}`);
      if (step++ % 45 === 0 && step < rows.length) await add(rows[(step * 17) % rows.length] ?? "", 1n);
      if (level.item === "items/zz") break;
      if (step === rows.length) await create("zz");
    }
    for (const id of rows) {
      expect(last.get(id), id).to.equal(await shop.redis.hget(`inventory:item:${id}`, "on_hand"));
    }
  });

  it("refuses a token of a watch of other items, and one that is none", async () => {
    await create("a");
    const watcher = watchStock(shop.client, ["items/a", "items/b"]);
    await watcher.count(1);
    await watcher.leave();
    const same = watchStock(shop.client, ["items/b", "items/a"], watcher.token);
    await add("a", 1n);
    await same.count(1);
    await same.leave();
    for (const [items, token] of [
      [["items/a"], watcher.token],
      [[], "bm9uZQ"],
    ] as const) {
      const error = (await watchStock(shop.client, items, token).ended) as StatusError;
      expect(error).to.deep.include({
        code: Code.INVALID_ARGUMENT,
        reason: ErrorReason.RESUME_TOKEN_INVALID,
      });
    }
  });

  it("says so when the changes after a token are no longer kept", async () => {
    await create("a");
    const watcher = watchStock(shop.client, []);
    await watcher.count(1);
    await watcher.leave();
    for (let index = 0; index < 5; index++) await add("a", 1n);
    await shop.redis.xtrim("inventory:levels", "MAXLEN", 3);
    const trimmed = (await watchStock(shop.client, [], watcher.token).ended) as StatusError;
    expect(trimmed).to.deep.include({ code: Code.OUT_OF_RANGE, reason: ErrorReason.RESUME_TOKEN_EXPIRED });
    await shop.redis.flushall();
    const lost = (await watchStock(shop.client, [], watcher.token).ended) as StatusError;
    expect(lost.reason).to.equal(ErrorReason.RESUME_TOKEN_EXPIRED);
  });

  it("uses no further connection to the store for each watcher", async () => {
    const connections = async () =>
      Number(/connected_clients:(\d+)/.exec(await shop.redis.info("clients"))?.[1]);
    await create("a");
    const before = await connections();
    const watchers = Array.from({ length: 30 }, () => watchStock(shop.client, []));
    await Promise.all(watchers.map((watcher) => watcher.count(1)));
    expect(await connections()).to.be.at.most(before);
    await add("a", 1n);
    await Promise.all(watchers.map((watcher) => watcher.count(2)));
    await Promise.all(watchers.map((watcher) => watcher.leave()));
  });
});
