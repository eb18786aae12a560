import { expect } from "chai";
import { WorkQueue } from "../src/mirror/work-queue.js";

describe("WorkQueue", () => {
  it("does so many things at a time, keeps so many waiting, and takes no more", async () => {
    const queue = new WorkQueue({ atOnce: 2, waiting: 3 });
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const add = (n: number) =>
      queue.add(() => {
        begun.push(n);
        return new Promise((resolve) => ends.push(resolve));
      });
    expect([1, 2, 3, 4, 5, 6].map(add)).to.deep.equal([true, true, true, true, true, false]);
    expect(begun).to.deep.equal([1, 2]);
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).to.deep.equal([1, 2, 3]);
    expect(add(7)).to.equal(true);
  });
});
