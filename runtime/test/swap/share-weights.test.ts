import { expect } from "chai";
import { shareWeights } from "../../src/swap/share-weights.js";

describe("weights for a share of the calls", () => {
  for (const share of [0.01, 0.1, 0.5])
    for (const count of [1, 2, 3, 9])
      it(`are exact for ${share * 100} % with ${count} old and as many new instances`, () => {
        const { old, candidate } = shareWeights(share, { old: count, candidate: count });
        expect(candidate / (candidate + old)).to.equal(share);
      });

  it("are near for other numbers of them", () => {
    const { old, candidate } = shareWeights(0.1, { old: 3, candidate: 1 });
    expect(candidate / (candidate + 3 * old)).to.be.closeTo(0.1, 1e-9);
  });

  it("are small, since a sidecar's round is as long as their sum", () => {
    expect(shareWeights(0.5, { old: 3, candidate: 3 })).to.deep.equal({ old: 1, candidate: 1 });
    expect(shareWeights(0.1, { old: 1, candidate: 1 })).to.deep.equal({ old: 9, candidate: 1 });
  });

  it("stay within what an endpoint may weigh", () => {
    const { old, candidate } = shareWeights(0.01, { old: 1, candidate: 9 });
    expect([old, candidate]).to.deep.equal([128, 1]);
  });
});
