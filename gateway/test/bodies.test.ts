import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { ask, errorOf } from "./http-client.js";
import { createChecks, post } from "./request-checks.js";
import { openShop, type Shop } from "./shop.js";

const KEY = "6f1f3c52-7a0b-4c3e-9d2a-0b6f6f5d9a11";
const OTHER_KEY = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

describe("A request with a body", () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop[Symbol.asyncDispose]());
  const { arrives, refused } = createChecks(() => shop);

  describe("and its body", () => {
    it("is the whole request", async () => {
      const body = { amount: { currencyCode: "EUR", units: "3" }, requestId: KEY };
      const { request } = await arrives("/v1/payments/p:refund", post(body));
      expect(request).to.deep.include({ name: "payments/p", requestId: KEY });
      expect(request).to.have.nested.include({ "amount.currencyCode": "EUR", "amount.units": 3n });
    });

    it("is one field, beside parameters", async () => {
      const { request } = await arrives(
        `/v1/items?item_id=tea&requestId=${KEY}`,
        post({ title: "Tea", unit_price: { currencyCode: "EUR", units: "3" } }),
      );
      expect(request).to.include({ itemId: "tea", requestId: KEY });
      expect(request.item).to.have.nested.include({ title: "Tea", "unitPrice.units": 3n });
    });

    it("may be empty", async () => {
      expect((await arrives("/v1/reservations/r:release", { method: "POST" })).request).to.include({
        name: "reservations/r",
      });
    });

    for (const quantity of ["9223372036854775807", '"9223372036854775807"']) {
      it(`keeps a 64-bit integer exactly: ${quantity}`, async () => {
        const { request } = await arrives("/v1/items/tea:addStock", post(`{"quantity":${quantity}}`));
        expect(request.quantity).to.equal(9223372036854775807n);
      });
    }

    const malformed: readonly (readonly [string, string, RegExp])[] = [
      ["no JSON", "{", /not JSON: .*line 1, column 2/],
      ["a comma too many", '{"quantity": 1,}', /not JSON: .*line 1, column 16/],
      [
        "text after the value",
        '{"quantity": "1"}\n x',
        /not JSON: text after the value, at line 2, column 2/,
      ],
      ["a key twice", '{"quantity":"1","quantity":"2"}', /key that was there before, at line 1, column 17/],
      ["a lone surrogate", '{"quantity":"\\ud800"}', /surrogate/],
      ["a byte order mark", "\ufeff{}", /not JSON/],
      ["too many levels", "[".repeat(5000), /levels/],
    ];
    for (const [what, body, message] of malformed) {
      it(`is refused for ${what}, with the place`, async () => {
        const { status, reason, error } = await refused("/v1/items/tea:addStock", post(body));
        expect({ status, reason }).to.deep.equal({ status: 400, reason: "REQUEST_MALFORMED" });
        expect(error.message).to.match(message);
      });
    }

    it("is refused when it is not UTF-8", async () => {
      const { error } = await refused("/v1/items/tea:addStock", {
        method: "POST",
        body: Buffer.from([0x22, 0xff, 0x22]),
      });
      expect(error.message).to.equal("the body is not UTF-8");
    });

    const faults: readonly (readonly [string, string, readonly string[]])[] = [
      ["/v1/items/tea:addStock", '{"quantity":"9223372036854775808"}', ["quantity"]],
      ["/v1/items/tea:addStock", '{"quantity":9223372036854775808}', ["quantity"]],
      ["/v1/items/tea:addStock", '{"quantity":1.5}', ["quantity"]],
      ["/v1/items/tea:addStock", '{"quantity":true}', ["quantity"]],
      ["/v1/items/tea:addStock", '{"quantity":"1","colour":"red"}', ["colour"]],
      ["/v1/items/tea:addStock", '{"request_id":"a","requestId":"a"}', ["requestId"]],
      ["/v1/items/tea:addStock", "[]", ["body"]],
      ["/v1/items/tea:addStock", "null", ["body"]],
      [
        "/v1/reservations",
        '{"lines":[{"item":1},{"quantity":"x","x":1}],"ttl":5}',
        ["lines[0].item", "lines[1].quantity", "lines[1].x", "ttl"].map((path) => `reservation.${path}`),
      ],
      ["/v1/reservations", '{"lines":{}}', ["reservation.lines"]],
      [
        "/v1/items?itemId=a",
        '{"unitPrice":{"units":{}},"state":"GONE"}',
        ["item.unitPrice.units", "item.state"],
      ],
    ];
    for (const [path, body, expected] of faults) {
      it(`is refused with every faulty field: ${body}`, async () => {
        const { status, reason, fields } = await refused(path, post(body));
        expect({ status, reason, fields: [...fields].sort() }).to.deep.equal({
          status: 400,
          reason: "REQUEST_MALFORMED",
          fields: [...expected].sort(),
        });
      });
    }

    it("is never quoted in the refusal", async () => {
      const { error } = await refused("/v1/users:signIn", post('{"email":"a@b.c","password":["s3cret"]}'));
      expect(JSON.stringify(error)).to.not.contain("s3cret");
      expect(error.message).to.equal("password: must be a string");
    });

    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
      "",
    ]) {
      it(`is refused as ${type || "nothing"}`, async () => {
        const { status, reason } = await refused("/v1/payments", post({}, { "content-type": type }));
        expect({ status, reason }).to.deep.equal({ status: 415, reason: "MEDIA_TYPE_UNSUPPORTED" });
      });
    }

    it("is refused when it is compressed", async () => {
      expect((await refused("/v1/payments", post({}, { "content-encoding": "gzip" }))).status).to.equal(415);
    });

    it("is refused where none is taken", async () => {
      expect((await refused("/v1/items", { method: "GET", body: "{}" })).status).to.equal(400);
    });

    it("is refused above the limit by its announced length", async () => {
      const { status, reason } = await refused(
        "/v1/payments",
        post(JSON.stringify({ reservation: "x".repeat(300_000) })),
      );
      expect({ status, reason }).to.deep.equal({ status: 413, reason: "REQUEST_TOO_LARGE" });
    });

    it("is refused above the limit when it comes in chunks", async () => {
      const headers = { "transfer-encoding": "chunked" };
      const { status, reason } = await refused("/v1/payments", {
        method: "POST",
        headers,
        body: Buffer.alloc(300_000, " "),
      });
      expect({ status, reason }).to.deep.equal({ status: 413, reason: "REQUEST_TOO_LARGE" });
    });

    it("is refused without a reset for a client that is still sending", async () => {
      const [host = "", port] = shop.address.split(":");
      const socket = connect(Number(port), host);
      const size = 4_000_000;
      socket.write(
        `POST /v1/payments HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer token\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n\r\n`,
      );
      const [answer] = (await once(socket, "data")) as [Buffer];
      expect(answer.toString()).to.match(/^HTTP\/1.1 413 /);
      const ended = once(socket, "end");
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.write(Buffer.alloc(size, " "), (error) => (error ? reject(error) : resolve()));
      });
      await ended;
      socket.destroy();
    });

    it("is refused when it announces both a length and chunks", async () => {
      const headers = { "transfer-encoding": "chunked", "content-length": "2" };
      const answer = await ask(shop.address, "/v1/payments", { method: "POST", headers, body: "{}" });
      expect([answer.status, errorOf(answer).code]).to.deep.equal([400, 400]);
    });

    it("is refused when its message is above the method's limit", async () => {
      const { status, reason } = await refused("/v1/payments", post({ reservation: "x".repeat(70_000) }));
      expect({ status, reason }).to.deep.equal({ status: 413, reason: "REQUEST_TOO_LARGE" });
    });
  });

  describe("and its Idempotency-Key", () => {
    const send = async (headers: Record<string, string>, requestId?: string) => {
      const answer = await ask(
        shop.address,
        "/v1/payments/p:refund",
        post({ ...(requestId && { requestId }) }, headers),
      );
      return {
        key: answer.headers["idempotency-key"],
        arrived: (shop.upstream.last().requests[0] as unknown as { requestId: string }).requestId,
      };
    };

    it("becomes the request's id", async () => {
      expect(await send({ "idempotency-key": KEY })).to.deep.equal({ key: KEY, arrived: KEY });
    });

    it("may be in quotes and in capitals", async () => {
      expect(await send({ "idempotency-key": `"${KEY.toUpperCase()}"` })).to.deep.equal({
        key: KEY,
        arrived: KEY,
      });
    });

    it("is told when the body has it", async () => {
      expect(await send({}, KEY)).to.deep.equal({ key: KEY, arrived: KEY });
    });

    it("is made when there is none, and told", async () => {
      const { key, arrived } = await send({});
      expect(arrived)
        .to.equal(key)
        .and.to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    it("must not differ from the body's", async () => {
      const { fields } = await refused(
        "/v1/payments/p:refund",
        post({ requestId: OTHER_KEY }, { "idempotency-key": KEY }),
      );
      expect(fields).to.deep.equal(["requestId"]);
    });

    it("must be a UUID of version 4", async () => {
      const { fields } = await refused("/v1/payments/p:refund", post({}, { "idempotency-key": "order-17" }));
      expect(fields).to.deep.equal(["Idempotency-Key"]);
    });
  });
});
