import { parseContract } from "@theseus/kit/contract";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { foreignDescriptorSet } from "./foreign-contract.js";
import { ask, errorOf, fieldsOf, open, reasonOf } from "./http-client.js";
import { openShop, type Shop } from "./shop.js";

describe("A call of the upstream", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop[Symbol.asyncDispose]());

  it("carries the token, the request's id, the trace and the source that the edge tells, and nothing that only the mesh may say", async () => {
    const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const answer = await ask(shop.address, "/v1/items/tea", {
      headers: {
        authorization: "Bearer abc",
        "x-request-id": "order-17",
        traceparent: trace,
        tracestate: "a=b",
        "x-theseus-claims": "e30",
        "x-theseus-source": "192.0.2.7",
        "x-forwarded-client-cert": "URI=spiffe://theseus.local/ns/shop/sa/payment",
        "x-forwarded-for": "1.2.3.4",
        "grpc-timeout": "1n",
        "grpc-tags-bin": "AA==",
        cookie: "a=b",
        "x-else": "1",
      },
    });
    const { metadata } = shop.upstream.last();
    expect(answer.headers["x-request-id"]).to.equal("order-17");
    expect(metadata.getMap()).to.include({
      authorization: "Bearer abc",
      "x-request-id": "order-17",
      "x-theseus-source": "192.0.2.7",
      tracestate: "a=b",
    });
    expect(String(metadata.get("traceparent"))).to.contain("0af7651916cd43dd8448eb211c80319c");
    for (const name of [
      "x-theseus-claims",
      "x-forwarded-client-cert",
      "x-forwarded-for",
      "grpc-tags-bin",
      "cookie",
      "x-else",
    ]) {
      expect(metadata.get(name), name).to.deep.equal([]);
    }
  });

  it("carries no more of a trace than others must take", async () => {
    const headers = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: `a=${"b".repeat(511)}`,
    };
    await ask(shop.address, "/v1/items/tea", { headers });
    expect(shop.upstream.last().metadata.get("tracestate")).to.deep.equal([]);
  });

  it("gets an id when the client's is missing or not sane", async () => {
    for (const headers of [{}, { "x-request-id": "a b" }]) {
      const answer = await ask(shop.address, "/v1/items/tea", { headers });
      expect(answer.headers["x-request-id"]).to.match(/^[a-z0-9]{20}$/);
      expect(shop.upstream.last().metadata.get("x-request-id")).to.deep.equal([
        answer.headers["x-request-id"],
      ]);
    }
  });

  /** That the deadline is so many ms after some moment of the request. */
  const expectDeadline = async (ms: number, headers: Record<string, string> = {}) => {
    const before = Date.now();
    await ask(shop.address, "/v1/items/tea", { headers });
    expect(Number(shop.upstream.last().deadline)).to.be.within(before + ms, Date.now() + ms + 1);
  };

  it("has the method's deadline", () => expectDeadline(2000));

  it("has the client's deadline when that is earlier", async () => {
    await expectDeadline(1500, { "x-request-timeout": "1.5s" });
    await expectDeadline(2000, { "x-request-timeout": "600s" });
  });

  for (const text of ["5", "-1s", "0s", "soon", "1e3s"]) {
    it(`is not made for a bad deadline: ${text}`, async () => {
      const answer = await ask(shop.address, "/v1/items/tea", { headers: { "x-request-timeout": text } });
      expect([answer.status, fieldsOf(errorOf(answer))]).to.deep.equal([400, ["X-Request-Timeout"]]);
    });
  }

  it("ends with the deadline", async () => {
    shop.upstream.script = () => {};
    const answer = await ask(shop.address, "/v1/items/tea", { headers: { "x-request-timeout": "0.1s" } });
    expect([answer.status, reasonOf(errorOf(answer))]).to.deep.equal([504, "DEADLINE_EXCEEDED"]);
    await eventually("all calls that arrived are cancelled", () =>
      shop.upstream.arrived.every((each) => each.cancelled),
    );
  });

  it("is cancelled when the client leaves, and logged as 499", async () => {
    // Without the shop's deadlines, which would cancel it too.
    await using zoo = await openShop({
      contract: parseContract(foreignDescriptorSet()),
      timeoutMs: 3_600_000,
    });
    zoo.upstream.script = () => {};
    const sent = open(zoo.address, "/animals/5");
    sent.on("error", () => {});
    sent.end();
    await eventually("the call arrives", () => zoo.upstream.arrived.length === 1);
    sent.destroy();
    await eventually("the call is cancelled", () => zoo.upstream.last().cancelled);
    await eventually("it is logged", () => zoo.logged.some(({ status }) => status === 499));
  });

  it("is logged under the id that its client is told", async () => {
    const { headers } = await ask(shop.address, "/v1/items/tea", { headers: { "x-request-id": "order-18" } });
    expect(headers["x-request-id"]).to.equal("order-18");
    await eventually("it is logged", () => shop.logged.some(({ request_id }) => request_id === "order-18"));
  });

  it("is logged without query, body and token", async () => {
    const headers = { authorization: "Bearer s3cret" };
    await ask(shop.address, "/v1/items?pageToken=s3cret", { headers });
    await ask(shop.address, "/v1/users:signIn", {
      method: "POST",
      headers,
      body: '{"email":"s3cret","password":"s3cret"}',
    });
    const lines = shop.logged.filter((line) => line.event === "request");
    expect(lines[0]).to.include({ method: "GET", path: "/v1/items", status: 200 });
    expect(lines[1]).to.include({ rpc: "/theseus.user.v1.UserService/SignIn" });
    expect(JSON.stringify(shop.logged)).to.not.contain("s3cret");
  });

  it("fails with 503, when to come again and no address, when the upstream is gone", async () => {
    await shop.upstream[Symbol.asyncDispose]();
    const answer = await ask(shop.address, "/v1/items/tea");
    expect([answer.status, reasonOf(errorOf(answer)), answer.headers["retry-after"]]).to.deep.equal([
      503,
      "SERVICE_UNAVAILABLE",
      "1",
    ]);
    expect(answer.text).to.not.contain(shop.upstream.address.split(":")[1]);
    expect((await ask(shop.address, "/readyz")).status).to.equal(503);
    expect((await ask(shop.address, "/healthz")).status).to.equal(200);
  });
});
