import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { answering } from "./echo-upstream.js";
import { ask, errorOf, open, reasonOf } from "./http-client.js";
import { openShop } from "./shop.js";

describe("A gateway", () => {
  it("answers its own endpoints", async () => {
    await using shop = await openShop();
    expect((await ask(shop.address, "/healthz")).text).to.equal('{"status":"ALIVE"}');
    expect((await ask(shop.address, "/readyz")).text).to.equal('{"status":"READY"}');
    expect(JSON.parse((await ask(shop.address, "/openapi.json")).text).openapi).to.equal("3.1.0");
    expect((await ask(shop.address, "/healthz", { method: "POST" })).headers.allow).to.equal(
      "GET, HEAD, OPTIONS",
    );
  });

  it("keeps the connection after a refusal", async () => {
    await using shop = await openShop();
    const [host, port] = shop.address.split(":");
    const agent = new Agent({ keepAlive: true });
    for (const path of ["/nowhere", "/v1/items?colour=red"]) {
      const sent = request({ host, port, path, agent }).end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      expect([path, response.headers.connection]).to.deep.equal([path, "keep-alive"]);
      await once(response.resume(), "end");
    }
    agent.destroy();
  });

  it("refuses headers above 16 KiB", async () => {
    await using shop = await openShop();
    const answer = await ask(shop.address, "/v1/items", { headers: { "x-large": "x".repeat(20_000) } });
    expect(answer.status).to.equal(431);
  });

  it("gives up on a body that does not arrive", async () => {
    await using shop = await openShop({ bodyMs: 50 });
    const sent = open(shop.address, "/v1/payments", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "10" },
    });
    sent.flushHeaders();
    const status = await new Promise((resolve) =>
      sent.once("response", (response) => resolve(response.statusCode)),
    );
    sent.on("error", () => {}).destroy();
    expect(status).to.equal(408);
  });

  it("lets running requests end when it stops", async () => {
    const shop = await openShop({ drainMs: 60_000 });
    let finish = () => {};
    shop.upstream.script = (arrived, method) => {
      finish = () => void answering(() => undefined)(arrived, method);
    };
    const running = ask(shop.address, "/v1/items/tea");
    await eventually("the call arrives", () => shop.upstream.arrived.length === 1);
    const stopped = shop[Symbol.asyncDispose]();
    finish();
    expect((await running).status).to.equal(200);
    await stopped;
  });

  it("cuts off requests that do not end when it stops", async () => {
    const shop = await openShop({ drainMs: 50 });
    shop.upstream.script = () => {};
    const stuck = ask(shop.address, "/v1/items/tea");
    await eventually("the call arrives", () => shop.upstream.arrived.length === 1);
    await shop[Symbol.asyncDispose]();
    expect(reasonOf(errorOf(await stuck))).to.equal("SERVICE_UNAVAILABLE");
  });
});
