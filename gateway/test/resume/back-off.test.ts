import { expect } from "chai";
import { createBackOff } from "../../src/upstream/back-off.js";

describe("The back-off of a stream that is resumed", () => {
  /** A clock by hand, and a back-off on it without luck. */
  function started(limitMs: number, random = 1) {
    const clock = { ms: 5000 };
    const backOff = createBackOff({ limitMs, random: () => random, now: () => clock.ms });
    /** A try that lasts so long, and the wait after it. */
    const lose = (lastedMs = 0) => {
      backOff.begin();
      clock.ms += lastedMs;
      const wait = backOff.next();
      clock.ms += wait ?? 0;
      return wait;
    };
    return { backOff, lose };
  }

  it("doubles up to a second, and ends where the limit would be passed", () => {
    const { lose } = started(3000);
    expect([1, 2, 3, 4, 5, 6, 7].map(() => lose())).to.deep.equal([
      100,
      200,
      400,
      800,
      1000,
      undefined,
      undefined,
    ]);
  });

  it("is at least half as long, by chance", () => {
    const { lose } = started(3000, 0);
    expect([lose(), lose(), lose()]).to.deep.equal([50, 100, 200]);
  });

  it("begins anew after progress, with a limit that begins anew", () => {
    const { backOff, lose } = started(500);
    expect([lose(), lose(), lose()]).to.deep.equal([100, 200, undefined]);
    backOff.progress();
    expect([lose(), lose(), lose()]).to.deep.equal([100, 200, undefined]);
  });

  it("takes a try that lasts as long as the limit for progress, and a shorter one for none", () => {
    const { lose } = started(500);
    expect([lose(), lose(), lose(499)]).to.deep.equal([100, 200, undefined]);
    expect([lose(500), lose()]).to.deep.equal([100, 200]);
  });

  it("allows no try when there is no time", () => {
    expect(started(0).lose()).to.equal(undefined);
  });
});
