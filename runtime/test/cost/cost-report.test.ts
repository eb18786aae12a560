import { expect } from "chai";
import { toCostReport } from "../../src/cost/cost-report.js";
import type { Round } from "../../src/cost/round.js";

/** A round of one journey of two calls, 100 times each, each in 2 s. */
function round(idle: number, first: number, second: number): Round {
  const step = (name: string, cpu: number) => ({
    ...{ journey: "land", step: name, calls: 100, seconds: 2 },
    cpu: new Map([["harbour-1", cpu]]),
  });
  return {
    idle: { seconds: 4, cpu: new Map([["harbour-1", idle]]) },
    steps: [step("Harbour.Look", first), step("Harbour.Land", second)],
  };
}

describe("the report of costs", () => {
  it("has each call without what is used when nothing is sent", () => {
    // 0.04 s in 4 s of idleness are 0.02 s in 2 s.
    const { variants } = toCostReport(new Map([["old", [round(0.04, 0.12, 0.32), round(0.04, 0.12, 0.32)]]]));
    const [land] = variants[0]?.journeys ?? [];
    const [look, moor] = land?.steps ?? [];
    expect(look?.processes["harbour-1"]?.mean).to.be.closeTo(1_000, 1e-6);
    expect(moor?.total.mean).to.be.closeTo(3_000, 1e-6);
    expect(land?.total.mean).to.be.closeTo(4_000, 1e-6);
    expect(variants[0]?.idle["harbour-1"]?.mean).to.be.closeTo(10_000, 1e-6);
  });

  it("has the interval of a journey from the sums of its rounds", () => {
    // What is more in one call is less in the other: the journey's cost is sure, that of its calls is not.
    const rounds = [round(0, 0.1, 0.3), round(0, 0.2, 0.2), round(0, 0.3, 0.1)];
    const [land] = toCostReport(new Map([["old", rounds]])).variants[0]?.journeys ?? [];
    expect(land?.total.high).to.be.closeTo(land?.total.low ?? 0, 1e-6);
    expect(land?.steps[0]?.total.high).to.be.above((land?.steps[0]?.total.low ?? 0) + 1_000);
  });

  it("compares the second variant with the first, round by round", () => {
    const report = toCostReport(
      new Map([
        ["old", [round(0, 0.2, 0.4), round(0, 0.4, 0.8)]],
        ["new", [round(0, 0.1, 0.4), round(0, 0.2, 0.8)]],
      ]),
    );
    expect(report.compared.map(({ step }) => step)).to.eql([undefined, "Harbour.Look", "Harbour.Land"]);
    const [, look, land] = report.compared;
    expect(look?.processes["harbour-1"]?.high).to.be.closeTo(0.5, 1e-9);
    expect(land?.total?.low).to.be.closeTo(1, 1e-9);
  });
});
