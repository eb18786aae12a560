import { expect } from "chai";
import { shareUnderway } from "../../src/metrics/share-underway.js";

describe("shared work", () => {
  it("is done once for all who ask meanwhile, and anew for the next, also after a failure", async () => {
    let done = 0;
    const ends: ((error?: Error) => void)[] = [];
    const shared = shareUnderway(() => {
      done += 1;
      const mine = done;
      return new Promise<number>((resolve, reject) =>
        ends.push((error) => (error === undefined ? resolve(mine) : reject(error))),
      );
    });
    const asked = [shared(), shared(), shared()];
    ends.shift()?.();
    expect(await Promise.all(asked)).to.deep.equal([1, 1, 1]);
    const failing = [shared(), shared()].map((each) => each.catch(String));
    ends.shift()?.(new Error("no wind"));
    expect(await Promise.all(failing)).to.deep.equal(["Error: no wind", "Error: no wind"]);
    const next = shared();
    ends.shift()?.();
    expect(await next).to.equal(3);
  });
});
