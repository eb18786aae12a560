import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient } from "../system/http-client.js";
import { Shop } from "../system/shop.js";

describe("a shop whose supervisor is killed", () => {
  let shop: Shop;
  before(async function () {
    this.timeout(120_000);
    shop = await new Shop().start();
  });
  after(() => shop[Symbol.asyncDispose]());

  const pids = async () =>
    new Map((await shop.status()).instances.map(({ instance, pid }) => [instance, pid] as const));

  it("serves on, says that nobody watches, and is taken over as it is, with no call that fails", async function () {
    this.timeout(120_000);
    expect((await shop.theseus("scale", "inventory", "2")).stderr).to.equal("");
    const before = await pids();
    const { edge } = shop;
    const { metrics = "" } = shop.endpoints;
    await eventually("Prometheus is told of the new instance", async () =>
      (await told(metrics)).includes("inventory-2"),
    );
    const visitor = keepAsking(edge);
    process.kill(shop.pid, "SIGKILL");
    await sleep(1_000);
    const status = await shop.theseus("status");
    expect(status.code).to.equal(1);
    expect(status.stderr)
      .to.contain("is gone; ")
      .and.contain("inventory-2")
      .and.contain("npm start takes them over");
    await shop.start();
    expect(shop.edge).to.equal(edge);
    expect(shop.endpoints.metrics).to.equal(metrics);
    expect(await told(metrics)).to.contain("inventory-2");
    expect(await pids()).to.deep.equal(before);
    const { asked, failed } = await visitor.stop();
    expect(failed).to.deep.equal([]);
    expect(asked).to.be.above(20);
  });

  it("has lost no line of a log by then", async () => {
    process.kill(shop.pid, "SIGKILL");
    const http = new HttpClient(shop.edge);
    const { status } = await http.get("/v1/items/no-such-thing");
    expect(status).to.equal(404);
    await shop.start();
    await eventually("the line is in the log of the gateway", async () => {
      const { stdout } = await shop.theseus("logs", "gateway-1", "--lines", "500");
      return stdout.includes("/v1/items/no-such-thing");
    });
  });

  it("replaces what ends, changes and closes as before", async () => {
    const [old] = (await shop.instances()).filter(({ workload }) => workload === "inventory");
    process.kill(old?.app.pid ?? 0, "SIGKILL");
    await eventually("it is started again", async () => {
      const [now] = (await shop.instances()).filter(({ name }) => name === old?.name);
      return now?.app.pid !== old?.app.pid && now?.app.pid !== 0;
    });
    const scaled = await shop.theseus("scale", "inventory", "1");
    expect(scaled).to.include({ code: 0, stderr: "" });
    const { metrics = "" } = shop.endpoints;
    await eventually(
      "nothing is told of it any more",
      async () => !(await told(metrics)).includes("inventory-2"),
    );
    expect(await shop.stop()).to.equal(0);
    expect((await shop.theseus("status")).stderr).to.contain("No shop runs");
  });
});

/** What Prometheus is told. */
async function told(metrics: string): Promise<string> {
  return (await fetch(metrics)).text();
}

/** Asks for the catalogue again and again, by connections of its own. */
function keepAsking(edge: string): {
  stop(): Promise<{ readonly asked: number; readonly failed: unknown[] }>;
} {
  const http = new HttpClient(edge);
  const failed: unknown[] = [];
  let asked = 0;
  let isOver = false;
  const done = (async () => {
    while (!isOver) {
      asked += 1;
      const answer = await http.get("/v1/items").catch((error: unknown) => ({ status: String(error) }));
      if (answer.status !== 200) failed.push(answer);
      await sleep(20);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return { asked, failed };
    },
  };
}
