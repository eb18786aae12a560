import { expect } from "chai";
import { ask } from "./http-client.js";
import { createChecks, post } from "./request-checks.js";
import { openShop, type Shop } from "./shop.js";

describe("A request with JSON", () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop[Symbol.asyncDispose]());
  const { arrives, refused } = createChecks(() => shop);

  describe("and its path", () => {
    it("binds a variable of several segments", async () => {
      const { rpc, request } = await arrives("/v1/items/tea");
      expect(rpc).to.equal("/theseus.inventory.v1.InventoryService/GetItem");
      expect(request).to.include({ name: "items/tea" });
    });

    it("takes a colon in an id that is no verb", async () => {
      expect((await arrives("/v1/items/tea:green")).request).to.include({ name: "items/tea:green" });
    });

    it("takes an encoded colon for part of the id", async () => {
      expect((await arrives("/v1/payments/p%3Awatch")).request).to.include({ name: "payments/p:watch" });
    });

    it("decodes once, and leaves %2F in a variable of several segments", async () => {
      expect((await arrives("/v1/items/a%252Fb%2Fc%20d")).request).to.include({ name: "items/a%2Fb%2Fc d" });
    });

    for (const value of ["items/coffee", "items/tea"]) {
      it(`is not said again by the query: ${value}`, async () => {
        const { reason, fields, error } = await refused(`/v1/items/tea?name=${value}`);
        expect({ reason, fields }).to.deep.equal({ reason: "REQUEST_MALFORMED", fields: ["name"] });
        expect(error.message).to.equal("name: is in the path");
      });
    }

    it("cannot be overridden by the body", async () => {
      const { fields } = await refused(
        "/v1/items/tea:addStock",
        post({ name: "items/coffee", quantity: "1" }),
      );
      expect(fields).to.deep.equal(["name"]);
    });

    it("may be repeated by the body", async () => {
      const { request } = await arrives("/v1/items/tea:addStock", post({ name: "items/tea", quantity: "1" }));
      expect(request).to.include({ name: "items/tea", quantity: 1n });
    });

    for (const path of ["/v1/items/%", "/v1/items/%zz", "/v1/items/%ff", "/v1/items/%c3%28"]) {
      it(`is refused when its encoding is broken: ${path}`, async () => {
        expect(await refused(path)).to.include({ status: 400, reason: "REQUEST_MALFORMED" });
      });
    }

    for (const path of ["/", "/v2/items", "/v1/items/", "/v1//items", "/v1/items/a/b", "/v1/items:unknown"]) {
      it(`is unknown: ${path}`, async () => {
        expect(await refused(path)).to.include({ status: 404, reason: "ROUTE_NOT_FOUND" });
      });
    }
  });

  describe("and its method", () => {
    it("is refused with the methods that the path takes", async () => {
      const { status, headers, reason } = await refused("/v1/items", { method: "DELETE" });
      expect({ status, reason, allow: headers.allow }).to.deep.equal({
        status: 405,
        reason: "METHOD_NOT_ALLOWED",
        allow: "GET, HEAD, OPTIONS, POST",
      });
    });

    it("is refused on a verb though the id could hold it", async () => {
      expect((await refused("/v1/items/tea:addStock")).headers.allow).to.equal("OPTIONS, POST");
    });

    it("may be HEAD where GET is, without a body", async () => {
      const answer = await ask(shop.address, "/v1/items/tea", { method: "HEAD" });
      expect(answer.status).to.equal(200);
      expect(answer.text).to.equal("");
      expect(Number(answer.headers["content-length"])).to.be.above(0);
    });

    it("may not be HEAD on a stream", async () => {
      expect((await ask(shop.address, "/v1/items:watchStock", { method: "HEAD" })).status).to.equal(405);
    });

    it("may be OPTIONS", async () => {
      const answer = await ask(shop.address, "/v1/users/u", { method: "OPTIONS" });
      expect([answer.status, answer.headers.allow]).to.deep.equal([204, "DELETE, GET, HEAD, OPTIONS, PATCH"]);
    });
  });

  describe("and its query", () => {
    it("sets fields by JSON name and by the contract's name", async () => {
      const { request } = await arrives("/v1/items?pageSize=7&page_token=a%2Bb+c&state=ITEM_STATE_ACTIVE");
      expect(request).to.include({ pageSize: 7, pageToken: "a+b c", state: 1 });
    });

    it("takes an enum's number", async () => {
      expect((await arrives("/v1/items?state=1")).request).to.include({ state: 1 });
    });

    it("repeats for a list", async () => {
      const { request } = await arrives("/v1/items:watchStock?items=items/a&items=items/b");
      expect(request.items).to.deep.equal(["items/a", "items/b"]);
    });

    for (const mask of ["displayName,email", "display_name,email"]) {
      it(`takes a field mask in either spelling: ${mask}`, async () => {
        const { request } = await arrives(`/v1/users/u?updateMask=${mask}`, {
          ...post({ email: "a@b.c" }),
          method: "PATCH",
        });
        expect(request.updateMask).to.deep.include({ paths: ["display_name", "email"] });
        expect(request.user).to.include({ name: "users/u", email: "a@b.c" });
      });
    }

    const faults: readonly (readonly [string, string, string])[] = [
      ["an unknown parameter", "/v1/items?colour=red", "colour"],
      ["a number that is none", "/v1/items?pageSize=many", "pageSize"],
      ["a number beyond int32", "/v1/items?page_size=2147483648", "pageSize"],
      ["an enum value that is none", "/v1/items?state=GONE", "state"],
      ["a single field twice", "/v1/items?pageSize=1&page_size=2", "pageSize"],
      ["a boolean that is none", "/v1/users?showDeleted=yes", "showDeleted"],
    ];
    for (const [what, path, field] of faults) {
      it(`is refused for ${what}, by name`, async () => {
        const { status, reason, fields } = await refused(path);
        expect({ status, reason, fields }).to.deep.equal({
          status: 400,
          reason: "REQUEST_MALFORMED",
          fields: [field],
        });
      });
    }

    it("cannot reach into a field that the body is", async () => {
      const { fields } = await refused("/v1/items?itemId=a&item.title=x", post({ title: "y" }));
      expect(fields).to.deep.equal(["item.title"]);
    });

    it("has no parameters beside a body that is the whole request", async () => {
      const { fields } = await refused("/v1/payments/p:refund?requestId=x", post({}));
      expect(fields).to.deep.equal(["requestId"]);
    });

    it("is refused when its encoding is broken", async () => {
      expect(await refused("/v1/items?pageToken=%ff")).to.include({
        status: 400,
        reason: "REQUEST_MALFORMED",
      });
    });
  });
});
