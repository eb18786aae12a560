import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { createTurns } from "../src/index.js";

const LONG_MS = 3_600_000;

describe("turns", () => {
  const { signal } = new AbortController();

  it("come in the order of the callers", async () => {
    const turns = createTurns();
    const first = await turns.take("p", LONG_MS, signal);
    const order: number[] = [];
    const others = [0, 1, 2].map(async (at) => {
      using _turn = await turns.take("p", LONG_MS, signal);
      order.push(at);
    });
    expect(order).to.deep.equal([]);
    first?.[Symbol.dispose]();
    await Promise.all(others);
    expect(order).to.deep.equal([0, 1, 2]);
    expect(await turns.take("p", 0, signal)).to.not.equal(undefined);
  });

  it("of different keys do not wait", async () => {
    const turns = createTurns();
    await turns.take("p", LONG_MS, signal);
    expect(await turns.take("q", 0, signal)).to.not.equal(undefined);
  });

  it("do not come to those who have left", async () => {
    const turns = createTurns();
    const first = await turns.take("p", LONG_MS, signal);
    const leaving = new AbortController();
    const left = rejectionOf(turns.take("p", LONG_MS, leaving.signal), Error);
    const impatient = turns.take("p", 0, signal);
    const patient = turns.take("p", LONG_MS, signal);
    leaving.abort(new Error("left"));
    expect((await left).message).to.equal("left");
    expect(await impatient).to.equal(undefined);
    first?.[Symbol.dispose]();
    expect(await patient).to.not.equal(undefined);
  });
});
