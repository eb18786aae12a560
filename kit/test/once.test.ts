import { expect } from "chai";
import { once } from "../src/index.js";

describe("a task done once", () => {
  it("is shared by all who ask while it runs, and by all later ones when it has worked", async () => {
    let runs = 0;
    const task = once(async () => ++runs);
    expect(await Promise.all([task(), task()])).to.deep.equal([1, 1]);
    expect(await task()).to.equal(1);
  });

  it("is tried again after a failure, which all who shared it are told", async () => {
    let runs = 0;
    const task = once(async () => {
      runs++;
      if (runs === 1) throw new Error("not yet");
      return runs;
    });
    const [first, second] = await Promise.allSettled([task(), task()]);
    expect([first.status, second.status]).to.deep.equal(["rejected", "rejected"]);
    expect(await task()).to.equal(2);
  });
});
