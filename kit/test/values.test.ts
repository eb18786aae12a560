import { ItemSchema } from "@theseus/contract/es/theseus/inventory/v1/item_pb.js";
import { UserSchema } from "@theseus/contract/es/theseus/user/v1/user_pb.js";
import { Role, User } from "@theseus/contract/theseus/user/v1/user.js";
import { expect } from "chai";
import {
  addMoney,
  applyFieldMask,
  assertEtag,
  assertResourceName,
  compareMoney,
  decodePageToken,
  ErrorReason,
  encodePageToken,
  fingerprint,
  fromResourceName,
  newId,
  pageSize,
  StatusError,
  subtractMoney,
} from "../src/index.js";
import { item } from "./fake-inventory.js";

function refusal(act: () => unknown): StatusError {
  try {
    act();
  } catch (error) {
    expect(error).to.be.instanceOf(StatusError);
    return error as StatusError;
  }
  throw new Error("nothing was refused");
}

describe("fingerprint", () => {
  it("is SHA-256 over netstrings in UTF-8", () => {
    expect(fingerprint(["a", "öl"])).to.equal(
      "1b31e5d01f6575ffd365f63791e21c7add9aeedff65ac34de818c217e34b5f70",
    );
    expect(fingerprint([])).to.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("differs wherever fields differ, also in where one ends", () => {
    const lists = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["c", "ab"]];
    expect(new Set(lists.map((list) => fingerprint(list))).size).to.equal(lists.length);
  });
});

describe("page tokens", () => {
  it("give their cursor back", () => {
    const token = encodePageToken(["ListItems", "ä"], ["items/a", "12", ""]);
    expect(token).to.match(/^[A-Za-z0-9_-]+$/);
    expect(decodePageToken(["ListItems", "ä"], token)).to.deep.equal(["items/a", "12", ""]);
  });

  for (const [what, token] of [
    ["for another request", encodePageToken(["ListUsers"], ["a"])],
    ["cut short", encodePageToken(["ListItems"], ["a"]).slice(0, -2)],
    ["in another alphabet", `${encodePageToken(["ListItems"], ["a"])}=`],
    ["that is nothing", ""],
    ["that is text", "not a token"],
  ] as const) {
    it(`are refused ${what}`, () => {
      const error = refusal(() => decodePageToken(["ListItems"], token));
      expect(error.reason).to.equal(ErrorReason.PAGE_TOKEN_INVALID);
      expect(error.details.violations[0]?.field).to.equal("page_token");
    });
  }

  it("are refused with a cursor of another shape", () => {
    const shape = [/^[0-9]+$/, /./];
    const decode = (...cursor: readonly string[]) =>
      decodePageToken(["ListItems"], encodePageToken(["ListItems"], cursor), shape);
    expect(decode("12", "a")).to.deep.equal(["12", "a"]);
    for (const cursor of [[], ["12"], ["12", ""], ["x", "a"], ["12", "a", "b"]]) {
      expect(refusal(() => decode(...cursor)).reason).to.equal(ErrorReason.PAGE_TOKEN_INVALID);
    }
  });

  it("come with pages of 50 by default and 200 at most", () => {
    expect([0, 1, 200, 201].map(pageSize)).to.deep.equal([50, 1, 200, 200]);
  });
});

describe("etags", () => {
  it("may be absent or right", () => {
    assertEtag(undefined, "x");
    assertEtag("", "x");
    assertEtag("x", "x");
    expect(refusal(() => assertEtag("y", "x")).reason).to.equal(ErrorReason.ETAG_MISMATCH);
  });
});

describe("applyFieldMask", () => {
  const current = user({
    name: "users/a",
    email: "a@b.example",
    displayName: "Ann",
    roles: [Role.ROLE_CUSTOMER],
    etag: "1",
  });
  const update = (given: Partial<User>, mask?: readonly string[]) =>
    applyFieldMask(UserSchema, { current, given: user({ name: "users/a", ...given }), mask });

  it("without a mask takes the fields that are set, and never the read-only ones", () => {
    const after = update({ displayName: "Bea", roles: [Role.ROLE_ADMIN], etag: "1", name: "users/z" });
    expect(after).to.deep.equal({ ...current, displayName: "Bea" });
  });

  it("passes over what is input only without a mask and with *, and refuses a mask that names it", () => {
    const given = { email: "b@b.example", displayName: "Bea", password: "correct horse battery" };
    for (const mask of [undefined, ["*"]])
      expect(update(given, mask)).to.deep.equal({ ...current, email: "b@b.example", displayName: "Bea" });
    const { violations } = refusal(() => update(given, ["email", "password"])).details;
    expect(violations.map(({ field, rule }) => `${field} ${rule}`)).to.deep.equal([
      "update_mask.paths[1] field_mask.read_only",
    ]);
  });

  it("with a mask takes its fields, empty ones too", () => {
    expect(update({ displayName: "Bea" }, ["email"])).to.deep.equal({ ...current, email: "" });
  });

  it("with * replaces all that may be changed", () => {
    expect(update({ displayName: "Bea" }, ["*"])).to.deep.equal({
      ...current,
      email: "",
      displayName: "Bea",
    });
  });

  it("does not touch what it was given", () => {
    update({ displayName: "Bea" });
    expect(current.displayName).to.equal("Ann");
  });

  it("refuses unknown and read-only paths, all at once", () => {
    const mask = ["display_name", "displayName", "roles", "name", "create_time.seconds", "email.x", ""];
    const error = refusal(() => update({}, mask));
    expect(error.reason).to.equal(ErrorReason.FIELD_MASK_INVALID);
    expect(error.details.violations.map(({ field, rule }) => `${field} ${rule}`)).to.deep.equal([
      "update_mask.paths[1] field_mask.unknown",
      "update_mask.paths[2] field_mask.read_only",
      "update_mask.paths[3] field_mask.read_only",
      "update_mask.paths[4] field_mask.read_only",
      "update_mask.paths[5] field_mask.unknown",
      "update_mask.paths[6] field_mask.unknown",
    ]);
  });

  it("refuses * beside other paths", () => {
    expect(refusal(() => update({}, ["*", "email"])).reason).to.equal(ErrorReason.FIELD_MASK_INVALID);
  });

  it("follows a path into a message, and leaves the old one as it was", () => {
    const price = { currencyCode: "EUR", units: 1n, nanos: 0 };
    const before = item({ unitPrice: price });
    const given = item({ unitPrice: { currencyCode: "USD", units: 7n, nanos: 0 } });
    const after = applyFieldMask(ItemSchema, { current: before, given, mask: ["unit_price.units"] });
    expect(after.unitPrice).to.deep.equal({ currencyCode: "EUR", units: 7n, nanos: 0 });
    expect(price.units).to.equal(1n);
  });

  function user(over: Partial<User>): User {
    return { ...User.fromPartial({}), ...over };
  }
});

describe("money", () => {
  const eur = (units: bigint, nanos = 0) => ({ currencyCode: "EUR", units, nanos });
  const most = 2n ** 63n - 1n;

  it("is added and subtracted exactly", () => {
    expect(addMoney(eur(0n, 100_000_000), eur(0n, 200_000_000))).to.deep.equal(eur(0n, 300_000_000));
    expect(addMoney(eur(1n, 990_000_000), eur(0n, 10_000_000))).to.deep.equal(eur(2n));
    expect(subtractMoney(eur(2n), eur(0n, 10_000_000))).to.deep.equal(eur(1n, 990_000_000));
    expect(addMoney(eur(most - 1n), eur(1n))).to.deep.equal(eur(most));
  });

  it("is compared within one currency", () => {
    expect([
      compareMoney(eur(1n), eur(2n)),
      compareMoney(eur(1n), eur(1n)),
      compareMoney(eur(2n), eur(1n)),
    ]).to.deep.equal([-1, 0, 1]);
    const mixed = refusal(() => addMoney(eur(1n), { ...eur(1n), currencyCode: "USD" }));
    expect(mixed.reason).to.equal(ErrorReason.CURRENCY_MIXED);
  });

  it("is never more than an int64 of units, nor less than nothing", () => {
    for (const act of [
      () => addMoney(eur(most, 990_000_000), eur(0n, 10_000_000)),
      () => subtractMoney(eur(1n), eur(1n, 10_000_000)),
    ]) {
      expect(refusal(act).reason).to.equal(ErrorReason.TOTAL_OUT_OF_RANGE);
    }
  });
});

describe("names", () => {
  it("are exactly the collection and an id", () => {
    expect(fromResourceName("items", "items/oar-1")).to.equal("oar-1");
    for (const name of [
      "items/",
      "items/A",
      "items/a/b",
      "item/a",
      "users/a",
      `items/${"a".repeat(65)}`,
      "items/a\n",
    ]) {
      expect(fromResourceName("items", name), name).to.equal(undefined);
    }
    expect(refusal(() => assertResourceName("items", "x", "name")).details.violations[0]?.field).to.equal(
      "name",
    );
  });

  it("get ids of 20 letters and digits, never twice", () => {
    const ids = Array.from({ length: 1000 }, newId);
    for (const id of ids) expect(id).to.match(/^[a-z0-9]{20}$/);
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
