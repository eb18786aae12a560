import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Metadata } from "@grpc/grpc-js";
import { Code, encodeStatus, parseContract, STATUS_DETAILS } from "@theseus/kit/contract";
import { expect } from "chai";
import { failing } from "./echo-upstream.js";
import { foreignDescriptorSet } from "./foreign-contract.js";
import { type Answer, ask, errorOf, open } from "./http-client.js";
import { createChecks } from "./request-checks.js";
import { openShop, type Shop } from "./shop.js";

describe("A request without an access token", () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop[Symbol.asyncDispose]());
  const { arrives, refused } = createChecks(() => shop);

  for (const [method, path] of [
    ["POST", "/v1/reservations"],
    ["POST", "/v1/items/tea:addStock"],
    ["GET", "/v1/payments"],
  ] as const) {
    it(`is refused where everybody needs one: ${method} ${path}`, async () => {
      const { status, reason } = await refused(path, { method, anonymous: true });
      expect({ status, reason }).to.deep.equal({ status: 401, reason: "TOKEN_MISSING" });
    });
  }

  it("is refused before its body is there", async () => {
    const sent = open(shop.address, "/v1/reservations", {
      method: "POST",
      anonymous: true,
      headers: { "content-type": "application/json", "content-length": "1000000" },
    });
    sent.flushHeaders();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(response.statusCode).to.equal(401);
    sent.destroy();
  });

  it("is refused as the upstream would do it", async () => {
    const message = "an access token is needed";
    const metadata = new Metadata();
    const status = encodeStatus({ code: Code.UNAUTHENTICATED, reason: "TOKEN_MISSING", message });
    metadata.set(STATUS_DETAILS, Buffer.from(status));
    shop.upstream.script = failing({ code: Code.UNAUTHENTICATED, details: message, metadata });
    const own = await ask(shop.address, "/v1/payments", { anonymous: true });
    expect(shop.upstream.arrived).to.deep.equal([]);
    const passed = await ask(shop.address, "/v1/reservations/r", { anonymous: true });
    expect(shop.upstream.arrived).to.have.length(1);
    expect(comparable(own)).to.deep.equal(comparable(passed));
    expect(own.headers["www-authenticate"]).to.equal("Bearer");
    expect(errorOf(own).message).to.equal(message);
  });

  it("goes on where the contract lets somebody in without one", async () => {
    await arrives("/v1/items", { anonymous: true });
    await arrives("/v1/reservations/r", { anonymous: true });
  });

  it("goes on where the contract says nothing of tokens", async () => {
    await using zoo = await openShop({ contract: parseContract(foreignDescriptorSet()) });
    expect((await ask(zoo.address, "/animals/5", { anonymous: true })).status).to.equal(200);
  });

  it("is one without the header: a token of any kind is left to the upstream", async () => {
    await arrives("/v1/payments", { headers: { authorization: "Basic x" } });
  });
});

/** An answer without what differs from each to the next. */
function comparable({ status, headers, text }: Answer) {
  const { date, "x-request-id": requestId, ...others } = headers;
  return { status, headers: others, text };
}
