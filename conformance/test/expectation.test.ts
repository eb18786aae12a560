import { createSigningJwk, signAccessToken } from "@theseus/testing";
import { expect } from "chai";
import type { Value } from "../src/cases/value.js";
import { mismatches, toMs } from "../src/expectations/expectation.js";
import { Scope } from "../src/expectations/scope.js";

describe("expectations", () => {
  const fits = (expected: Value, actual: unknown, scope = new Scope()) =>
    mismatches(expected, actual, scope).length === 0;

  it("compare 64-bit integers by their digits, never as doubles", () => {
    expect(fits(12, "12")).to.equal(true);
    expect(fits("9007199254740993", "9007199254740992")).to.equal(false);
    expect(fits({ $gt: "9007199254740992" }, "9007199254740993")).to.equal(true);
  });

  it("leave fields free that are not named, unless they stand alone", () => {
    expect(fits({ a: 1 }, { a: 1, b: 2 })).to.equal(true);
    expect(mismatches({ $only: true, a: 1 }, { a: 1, b: 2 }, new Scope())).to.eql(["b is there: 2"]);
  });

  it("name the path of what is wrong", () => {
    const faults = mismatches(
      { lines: [{ price: { units: 5 } }] },
      { lines: [{ price: { units: "6" } }] },
      new Scope(),
    );
    expect(faults).to.eql(['lines[0].price.units is "6", not 5']);
  });

  it("tell an absent field from one that is empty", () => {
    expect(fits({ a: { $absent: true } }, {})).to.equal(true);
    expect(fits({ a: { $absent: true } }, { a: "" })).to.equal(false);
    expect(fits({ a: "" }, {})).to.equal(false);
  });

  it("compare lists in order, as a set, by what they contain, entry by entry and by length", () => {
    expect(fits([1, 2], [2, 1])).to.equal(false);
    expect(fits({ $set: [1, 2] }, [2, 1])).to.equal(true);
    expect(fits({ $set: [1, 1] }, [1, 2])).to.equal(false);
    expect(fits({ $contains: [2] }, [1, 2, 3])).to.equal(true);
    expect(fits({ $each: { $gte: 1 } }, [1, 0])).to.equal(false);
    expect(fits({ $length: 2 }, [1])).to.equal(false);
    expect(fits({ $sorted: "name" }, [{ name: "a-" }, { name: "a0" }, { name: "aa" }])).to.equal(true);
    expect(fits({ $sorted: "name" }, [{ name: "b" }, { name: "a" }])).to.equal(false);
  });

  it("bind what they find, and nothing when something is wrong", () => {
    const scope = new Scope();
    expect(mismatches({ a: { $bind: "x" }, b: 1 }, { a: "A", b: 2 }, scope)).to.have.length(1);
    expect(() => scope.fill(`\${x}`)).to.throw(`\${x} is not bound`);
    expect(mismatches({ a: { $bind: "x" } }, { a: "A" }, scope)).to.eql([]);
    expect(scope.fill(`\${x}!`)).to.equal("A!");
  });

  it("know a time near now, some seconds later, and exactly so many seconds after another", () => {
    const later = new Date(Date.now() + 900_000).toISOString();
    expect(fits({ $near: "now+900s", within: "5s" }, later)).to.equal(true);
    expect(fits({ $near: "now", within: "5s" }, later)).to.equal(false);
    expect(
      fits({ $near: "2026-01-01T00:00:00.001Z+60s", within: "0ms" }, "2026-01-01T00:01:00.001Z"),
    ).to.equal(true);
    expect(fits({ $near: "2026-01-01T00:00:00.001Z+60s", within: "0ms" }, "2026-01-01T00:01:00Z")).to.equal(
      false,
    );
    expect(fits({ $near: "now", within: "5s" }, Math.floor(Date.now() / 1000))).to.equal(true);
  });

  it("find an answer the same apart from times that may move", () => {
    const scope = new Scope();
    scope.save("first", { a: 1, update_time: "then", create_time: "then" });
    expect(fits({ $same: "first" }, { a: 1, update_time: "now", create_time: "then" }, scope)).to.equal(true);
    expect(fits({ $same: "first" }, { a: 1, update_time: "now", create_time: "now" }, scope)).to.equal(false);
  });

  it("verify a token against published keys, and look into it", () => {
    const scope = new Scope();
    const key = createSigningJwk("k1");
    const { d: _secret, ...published } = key;
    scope.save("keys", { keys: [published as Record<string, string>] });
    const token = signAccessToken(key, { sub: "users/a" });
    expect(fits({ $jwt: { keys: "keys", claims: { sub: "users/a" } } }, token, scope)).to.equal(true);
    expect(fits({ $jwt: { keys: "keys", claims: { sub: "users/b" } } }, token, scope)).to.equal(false);
    const [header, , signature] = token.split(".");
    const [, claims] = signAccessToken(key, { sub: "users/b" }).split(".");
    expect(fits({ $jwt: { keys: "keys" } }, [header, claims, signature].join("."), scope)).to.equal(false);
  });

  it("refuse a way to expect that there is not", () => {
    expect(() => fits({ $almost: 1 }, 1)).to.throw("$almost is not a way to expect something");
    expect(() => toMs("5 minutes")).to.throw("is not a duration");
  });
});
