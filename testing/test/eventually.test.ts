import { expect } from "chai";
import { eventually, rejectionOf } from "../src/index.js";

describe("eventually", () => {
  it("gives what a look sees first that is there", async () => {
    const seen = [undefined, null, false, "ship"];
    expect(await eventually("a ship", () => seen.shift())).to.equal("ship");
    expect(seen).to.deep.equal([]);
  });

  it("takes 0 and the empty text for something", async () => {
    expect(await eventually("a number", () => 0)).to.equal(0);
    expect(await eventually("a text", async () => "")).to.equal("");
  });

  it("asks a condition about what is seen, when it is given one", async () => {
    let count = 0;
    const look = () => ++count;
    expect(await eventually("three", look, { until: (seen) => seen === 3 })).to.equal(3);
  });

  it("looks again after a look that failed", async () => {
    let count = 0;
    const look = async () => {
      count += 1;
      if (count < 3) throw new Error("not yet");
      return "there";
    };
    expect(await eventually("a third look", look)).to.equal("there");
  });

  it("says what was waited for, how long, and what was seen last", async () => {
    const options = { until: (seen: { sails: number }) => seen.sails === 3, withinMs: 30 };
    const { message } = await rejectionOf(eventually("three sails", () => ({ sails: 2 }), options));
    expect(message).to.equal("not within 0.03 s: three sails; seen last: { sails: 2 }");
  });

  it("says how the last look failed, with it as the cause", async () => {
    const cause = new TypeError("no mast");
    const waiting = eventually("a mast", () => Promise.reject(cause), { withinMs: 30 });
    const error = await rejectionOf(waiting);
    expect(error.message).to.equal("not within 0.03 s: a mast; the last look failed: TypeError: no mast");
    expect(error.cause).to.equal(cause);
  });

  it("gives up a look that gets no answer", async () => {
    const waiting = eventually("an answer", () => new Promise(() => undefined), { withinMs: 30 });
    const { message } = await rejectionOf(waiting);
    expect(message).to.equal("not within 0.03 s: an answer; the last look got no answer");
  });
});
