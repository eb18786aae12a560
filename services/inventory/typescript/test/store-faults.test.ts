import { randomUUID } from "node:crypto";
import { Code, ErrorReason } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import {
  ada,
  admin,
  type RunningInventory,
  refusal,
  reservationOf,
  reserve,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";
import { watchStock } from "./support/stock-watcher.js";

describe("InventoryService when its store fails", () => {
  let shop: RunningInventory;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());

  const answers = () =>
    shop.client.listItems({ pageSize: 1, pageToken: "", state: 0 }).then(
      () => true,
      () => false,
    );

  it("says at once that it is unavailable, and has all that it acknowledged when the store is back", async () => {
    const item = await stocked(shop.client, 50n);
    const request = reservationOf([[item, 2]]);
    const made = await shop.client.createReservation(request, ada);
    await shop.killStore();
    const { error } = await eventually(
      "a refusal before a command's time (1.5 s) is over",
      async () => {
        const started = performance.now();
        const error = await refusal(shop.client.getItem({ name: item }));
        return { error, ms: performance.now() - started };
      },
      { until: ({ ms }) => ms < 1000 },
    );
    expect(error).to.deep.include({
      code: Code.UNAVAILABLE,
      reason: ErrorReason.SERVICE_UNAVAILABLE,
      message: "the store cannot be reached now",
    });
    expect(error.details.retryAfterMs).to.equal(1000);

    await shop.restartStore();
    await eventually("it answers", answers);
    expect(await shop.client.createReservation(request, ada)).to.deep.equal(made);
    expect(await shop.client.getItem({ name: item })).to.include({ onHand: 50n, held: 2n });
  });

  it("loses and doubles no acknowledged addition when the store is killed among them", async () => {
    const item = await stocked(shop.client, 0n);
    const requests = Array.from({ length: 200 }, () => ({
      name: item,
      quantity: 1n,
      requestId: randomUUID(),
    }));
    const all = Promise.allSettled(requests.map((request) => shop.client.addStock(request, admin)));
    await eventually(
      "one addition is done",
      async () => (await shop.client.getItem({ name: item })).onHand > 0n,
    );
    await shop.killStore();
    const acknowledged = (await all).filter(({ status }) => status === "fulfilled").length;
    await shop.restartStore();
    await eventually("it answers", answers);
    const { onHand } = await shop.client.getItem({ name: item });
    expect(Number(onHand)).to.be.at.least(acknowledged);
    await Promise.all(requests.map((request) => shop.client.addStock(request, admin)));
    expect(await shop.client.getItem({ name: item })).to.include({ onHand: 200n });
  });

  it("goes on with a watch where it was", async () => {
    const item = await stocked(shop.client, 5n);
    const watcher = watchStock(shop.client, [item]);
    await watcher.count(1);
    // Until the feed of changes has come as far as the first level, a watch reads from the store. Then it waits for the
    // feed alone: a change that it tells shows that.
    await reserve(shop.client, [[item, 1]]);
    await watcher.count(2);
    await shop.killStore();
    await shop.restartStore();
    await eventually("it answers", answers);
    await reserve(shop.client, [[item, 2]]);
    await watcher.count(3);
    expect(watcher.told).to.deep.equal([`${item} 5/0/0`, `${item} 5/1/0`, `${item} 5/3/0`]);
    await watcher.leave();
  });

  it("does not need the store to keep its scripts", async () => {
    const item = await stocked(shop.client, 5n);
    await shop.redis.script("FLUSH");
    expect(await shop.client.getItem({ name: item })).to.include({ onHand: 5n });
  });

  it("does not hang on a store that is stuck", async () => {
    const item = await stocked(shop.client, 5n);
    const pid = Number(/process_id:(\d+)/.exec(await shop.redis.info("server"))?.[1]);
    process.kill(pid, "SIGSTOP");
    try {
      // Not by the call's deadline, which is later than a command may take.
      const error = await refusal(
        shop.client.addStock({ name: item, quantity: 1n, requestId: randomUUID() }, admin),
      );
      expect(error.reason).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await eventually("it answers", answers);
  });
});
