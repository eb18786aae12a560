import { randomUUID } from "node:crypto";
import { spiffeId } from "@theseus/mesh/topology";
import { expect } from "chai";
import { topology } from "../../src/topology.js";
import { type Answer, HttpClient, registeredUser, signedIn, type Token } from "./http-client.js";
import { shop } from "./root-hooks.js";
import { stockedItem } from "./stock.js";
import { forgedTokens } from "./tokens.js";

describe("bad input at the edge", () => {
  let http: HttpClient;
  let admin: Token;
  let user: { name: string; token: Token };
  let item: string;

  before(async () => {
    http = new HttpClient(shop().edge);
    admin = await signedIn(http, shop().administrator);
    user = await registeredUser(http);
    item = await stockedItem(http, admin, "5");
  });

  const reservation = (lines: unknown, extra: object = {}) => JSON.stringify({ lines, ...extra });
  const bodies: readonly (readonly [what: string, body: () => string, field: RegExp])[] = [
    ["malformed JSON", () => '{"lines": [', /JSON/i],
    ["trailing garbage", () => `${reservation([{ item, quantity: 1 }])} x`, /JSON/i],
    ["a wrong type", () => reservation([{ item, quantity: "many" }]), /quantity/],
    ["an unknown field", () => reservation([{ item, quantity: 1 }], { colour: "red" }), /colour/],
    ["a negative quantity", () => reservation([{ item, quantity: -1 }]), /lines\[0\]\.quantity/],
    ["a quantity above the limit", () => reservation([{ item, quantity: 1001 }]), /lines\[0\]\.quantity/],
    [
      "51 lines",
      () => reservation(Array.from({ length: 51 }, (_, n) => ({ item: `items/i${n}`, quantity: 1 }))),
      /lines/,
    ],
    ["no lines", () => reservation([]), /lines/],
    ["the same item twice", () => reservation([1, 2].map((quantity) => ({ item, quantity }))), /lines/],
    ["a name of another kind", () => reservation([{ item: "users/x", quantity: 1 }]), /lines\[0\]\.item/],
    ["a hold of two hours", () => reservation([{ item, quantity: 1 }], { ttl: "7200s" }), /ttl/],
  ];
  for (const [what, body, field] of bodies) {
    it(`names the fault of ${what}`, async () => {
      const answer = await http.send("POST", "/v1/reservations", body(), { token: user.token });
      expect(answer.status).to.equal(400);
      expect(JSON.stringify(answer.body)).to.match(field);
      expect(reasonOf(answer)).to.be.oneOf(["VALIDATION_FAILED", "REQUEST_MALFORMED"]);
    });
  }

  it("refuses a number beyond int64", async () => {
    const body = '{"quantity": "9223372036854775808"}';
    const answer = await http.send("POST", `/v1/${item}:addStock`, body, { token: admin });
    expect(answer.status).to.equal(400);
    expect(JSON.stringify(answer.body)).to.include("quantity");
  });

  it("keeps an int64 beyond 2^53 exact", async () => {
    const big = await stockedItem(http, admin, "9007199254740993");
    expect((await http.get(`/v1/${big}`)).body.onHand).to.equal("9007199254740993");
  });

  it("refuses stock beyond int64", async () => {
    const full = await stockedItem(http, admin, "9223372036854775807");
    const answer = await http.post(`/v1/${full}:addStock`, { quantity: "1" }, { token: admin });
    expect(answer.status).to.equal(400);
    expect(reasonOf(answer)).to.equal("STOCK_OUT_OF_RANGE");
  });

  it("refuses a total that overflows", async () => {
    const id = `gold-${randomUUID()}`;
    const gold = { title: "Gold", unitPrice: { currencyCode: "EUR", units: "9223372036854775807" } };
    await http.post(`/v1/items?itemId=${id}`, gold, { token: admin });
    await http.post(`/v1/items/${id}:addStock`, { quantity: "5" }, { token: admin });
    const lines = [{ item: `items/${id}`, quantity: 2 }];
    const answer = await http.post("/v1/reservations", { lines }, { token: user.token });
    expect(answer.status).to.equal(400);
    expect(reasonOf(answer)).to.equal("TOTAL_OUT_OF_RANGE");
  });

  it("refuses a body above the limit", async () => {
    const answer = await http.post("/v1/users", { displayName: "x".repeat(2_000_000) });
    expect(answer.status).to.equal(413);
    expect(reasonOf(answer)).to.equal("REQUEST_TOO_LARGE");
  });

  it("says which methods a path takes", async () => {
    const answer = await http.send("DELETE", "/v1/items");
    expect(answer.status).to.equal(405);
    expect(answer.headers.get("allow")).to.include("GET").and.to.include("POST");
  });

  it("refuses an unknown route, and an Idempotency-Key that is no UUID4", async () => {
    expect(reasonOf(await http.get("/v1/nothing"))).to.equal("ROUTE_NOT_FOUND");
    const answer = await http.post("/v1/users", {}, { key: "again" });
    expect(answer.status).to.equal(400);
    expect(JSON.stringify(answer.body)).to.match(/idempotency-key/i);
  });

  it("asks for a token where one is needed", async () => {
    const answer = await http.get("/v1/payments");
    expect(answer.status).to.equal(401);
    expect(reasonOf(answer)).to.equal("TOKEN_MISSING");
    expect(answer.headers.get("www-authenticate")).to.match(/^Bearer/);
  });

  for (const what of [
    "expired",
    "otherKey",
    "otherAudience",
    "otherIssuer",
    "longLived",
    "unsigned",
    "garbage",
  ] as const) {
    it(`refuses a token that is ${what}, on public routes too`, async () => {
      const token = forgedTokens(shop(), user.name)[what];
      for (const path of ["/v1/payments", "/v1/items"]) {
        const answer = await http.get(path, { token });
        expect(answer.status, path).to.equal(401);
        expect(reasonOf(answer), path).to.equal("TOKEN_INVALID");
      }
    });
  }

  it("believes no identity that a client sends", async () => {
    const claims = Buffer.from(JSON.stringify({ sub: user.name, roles: ["admin"] })).toString("base64url");
    const headers = {
      "x-theseus-claims": claims,
      "x-forwarded-client-cert": `URI=${spiffeId(topology, "payment")}`,
    };
    expect((await http.get("/v1/users", { headers })).status).to.equal(401);
    expect((await http.get("/v1/users", { headers, token: user.token })).status).to.equal(403);
  });

  function reasonOf(answer: Answer): string | undefined {
    return answer.body?.error?.details?.find((detail: { reason?: string }) => detail.reason)?.reason;
  }
});
