import { expect } from "chai";
import type { Answer, Fields, Refusal } from "../../src/ask/answer.js";
import { differencesOf } from "../../src/compare/differences.js";
import { methodNamed } from "../contract.js";

const getItem = methodNamed("inventory.v1.InventoryService/GetItem");
const listItems = methodNamed("inventory.v1.InventoryService/ListItems");
const watchStock = methodNamed("inventory.v1.InventoryService/WatchStock");
const getUser = methodNamed("user.v1.UserService/GetUser");

const item = {
  name: "items/a",
  title: "A",
  unit_price: { currency_code: "EUR", units: "1", nanos: 0 },
  etag: "x",
};
const refusal: Refusal = {
  status: "INVALID_ARGUMENT",
  reason: "VALIDATION_FAILED",
  metadata: { a: "1", b: "2" },
  violations: [
    { field: "name", rule: "required", message: "must be there" },
    { field: "size", rule: "int32.gte", message: "is too small" },
  ],
};

describe("differencesOf", () => {
  const ok = (...messages: Fields[]): Answer => ({ messages });
  const paths = (method: typeof getItem, a: Answer, b: Answer) => [...differencesOf(method, a, b).keys()];
  const refused = (change: Partial<Refusal>): Answer => ({
    messages: [],
    refusal: { ...refusal, ...change },
  });

  it("finds nothing in what is the same", () => {
    expect(paths(getItem, ok(item), ok({ ...item }))).to.deep.equal([]);
    expect(paths(getItem, refused({}), refused({}))).to.deep.equal([]);
  });

  it("names each field that differs, at any depth and in lists", () => {
    const other = { ...item, title: "B", unit_price: { ...item.unit_price, units: "2" } };
    expect(paths(getItem, ok(item), ok(other))).to.have.members(["ok.title", "ok.unit_price.units"]);
    const [one, two] = [ok({ items: [item, item] }), ok({ items: [item, other] })];
    expect(paths(listItems, one, two)).to.have.members(["ok.items[1].title", "ok.items[1].unit_price.units"]);
    expect(paths(listItems, one, ok({ items: [item] }))).to.deep.equal(["ok.items"]);
  });

  it("tells a field that is absent from one that is empty", () => {
    const { unit_price: _, ...without } = item;
    expect(paths(getItem, ok(item), ok(without))).to.deep.equal(["ok.unit_price"]);
  });

  it("takes any text for another where the contract calls it opaque, but not for none", () => {
    expect(paths(getItem, ok(item), ok({ ...item, etag: "y" }))).to.deep.equal([]);
    expect(paths(getItem, ok(item), ok({ ...item, etag: "" }))).to.deep.equal(["ok.etag"]);
  });

  it("takes times that are near for the same where the contract says that each answer takes its own", () => {
    const level = (time: string) => ok({ level: { item: "items/a", change_time: time } });
    const time = "2030-01-02T03:04:05.678Z";
    expect(paths(watchStock, level(time), level("2030-01-02T03:04:06.001Z"))).to.deep.equal([]);
    expect(paths(watchStock, level(time), level("1970-01-24T03:04:05Z"))).to.deep.equal([
      "messages[0].level.change_time",
    ]);
    const created = (create_time: string) => ok({ ...item, create_time });
    expect(paths(getItem, created(time), created("2030-01-02T03:04:05Z"))).to.deep.equal(["ok.create_time"]);
  });

  it("compares status with reason, metadata and violations as sets, and the delay", () => {
    expect(paths(getItem, ok(item), refused({}))).to.deep.equal(["status"]);
    expect(paths(getItem, refused({}), refused({ reason: "OTHER" }))).to.deep.equal(["status"]);
    expect(paths(getItem, refused({}), refused({ metadata: { b: "2", a: "1" } }))).to.deep.equal([]);
    expect(paths(getItem, refused({}), refused({ metadata: { a: "1" } }))).to.deep.equal(["metadata"]);
    const violations = [...(refusal.violations ?? [])].reverse();
    expect(paths(getItem, refused({}), refused({ violations }))).to.deep.equal([]);
    expect(paths(getItem, refused({}), refused({ violations: [] }))).to.deep.equal(["violations"]);
    expect(paths(getItem, refused({}), refused({ retryAfterMs: 5 }))).to.deep.equal(["retry"]);
  });

  it("does not show what the contract redacts", () => {
    const user = (email: string) => ok({ name: "users/a", email });
    expect(
      differencesOf(getUser, user("a@example.com"), user("b@example.com")).get("ok.email"),
    ).to.deep.equal({
      a: '"(redacted)"',
      b: '"(redacted)"',
    });
  });
});
