import { expect } from "chai";
import type { Fields } from "../src/cases/value.js";
import { Random } from "../src/differ/generate/random.js";
import { variationOf } from "../src/differ/generate/variations.js";

const NAME = `\${c1.name}`;

describe("a request that has much in common with another", () => {
  const variations = (request: Fields) =>
    new Set(Array.from({ length: 200 }, (_, seed) => JSON.stringify(variationOf(request, new Random(seed)))));

  it("has the entries of a list in another order, one less, or one twice", () => {
    expect(variations({ stops: [{ port: 1 }, { port: 2 }] })).to.eql(
      new Set([
        '{"stops":[{"port":2},{"port":1}]}',
        '{"stops":[{"port":2}]}',
        '{"stops":[{"port":1}]}',
        '{"stops":[{"port":1},{"port":1},{"port":2}]}',
        '{"stops":[{"port":1},{"port":2},{"port":2}]}',
        // Where texts were to be cut elsewhere, and there are none.
        '{"stops":[{"port":1},{"port":2}]}',
      ]),
    );
  });

  it("has texts that are cut elsewhere, at whatever depth, and read the same one after the other", () => {
    expect(variations({ name: NAME, ship: { title: "ab", flag: "c" } })).to.eql(
      new Set([
        `{"name":"${NAME}a","ship":{"title":"b","flag":"c"}}`,
        `{"name":"${NAME}","ship":{"title":"abc","flag":""}}`,
      ]),
    );
  });

  it("is the same where a text begins with what an answer gives, or is alone", () => {
    for (const request of [{ name: "a", other: NAME }, { name: "a" }, {}])
      expect(variations(request)).to.eql(new Set([JSON.stringify(request)]));
  });
});
