import { expect } from "chai";
import { estimate, estimateRatio } from "../../src/cost/estimate.js";

describe("an estimate", () => {
  it("has the mean of the rounds, and Student's interval of 95 %", () => {
    // t(0.975; 4) = 2.776; the deviation of 1 to 5 is √2.5.
    const { mean, low, high } = estimate([1, 2, 3, 4, 5]);
    expect(mean).to.equal(3);
    expect(high - mean).to.be.closeTo(2.776 * Math.sqrt(2.5 / 5), 1e-9);
    expect(mean - low).to.be.closeTo(high - mean, 1e-9);
  });

  it("is wide of two rounds, and as wide as its table's end of very many", () => {
    expect(estimate([10, 12]).high).to.be.closeTo(11 + 12.706, 1e-9);
    const many = Array.from({ length: 101 }, (_, index) => index % 2);
    expect(estimate(many).high - estimate(many).mean).to.be.closeTo(2.042 * Math.sqrt(0.25 / 100), 1e-3);
  });

  it("tells nothing of the error of one round", () => {
    expect(estimate([7])).to.eql({ mean: 7, low: 7, high: 7 });
  });
});

describe("the ratio of two implementations", () => {
  it("is exact when each round has the same, however the rounds differ", () => {
    const ratio = estimateRatio([100, 400, 50], [50, 200, 25]);
    for (const bound of [ratio?.mean, ratio?.low, ratio?.high]) expect(bound).to.be.closeTo(0.5, 1e-9);
  });

  it("is the inverse the other way round", () => {
    const [old, young] = [
      [100, 120, 90],
      [55, 60, 52],
    ];
    const [there, back] = [estimateRatio(old, young), estimateRatio(young, old)];
    expect((there?.mean ?? 0) * (back?.mean ?? 0)).to.be.closeTo(1, 1e-9);
    expect((there?.low ?? 0) * (back?.high ?? 0)).to.be.closeTo(1, 1e-9);
  });

  it("is none where the clock saw nothing in a round", () => {
    expect(estimateRatio([100, 0], [50, 50])).to.equal(undefined);
    expect(estimateRatio([100, 100], [50, -3])).to.equal(undefined);
  });
});
