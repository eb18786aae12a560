import { expect } from "chai";
import { CpuTotals } from "../../src/metrics/cpu-totals.js";

describe("the processor time of a process", () => {
  it("goes on where the process before it left off, also with its pid", () => {
    let [identity, cpuSeconds] = ["first", 3];
    const totals = new CpuTotals(
      () => identity,
      () => ({ cpuSeconds, residentBytes: 1 }),
    );
    const seen = [totals.use("ship-1", 7)?.cpuSeconds];
    for (const next of [
      ["first", 4],
      ["second", 0.5],
      ["second", 2],
      ["third", 0],
    ] as const) {
      [identity, cpuSeconds] = next;
      seen.push(totals.use("ship-1", 7)?.cpuSeconds);
    }
    expect(seen).to.deep.equal([3, 4, 4.5, 6, 6]);
    totals.keep(new Set());
    expect(totals.use("ship-1", 7)?.cpuSeconds).to.equal(0);
  });

  it("is what this machine says", () => {
    const totals = new CpuTotals();
    const before = totals.use("self", process.pid);
    expect(before?.residentBytes).to.be.above(1_000_000);
    expect(totals.use("self", process.pid)?.cpuSeconds).to.be.at.least(before?.cpuSeconds ?? Number.NaN);
    expect(totals.use("nobody", 2 ** 22 + 1)).to.equal(undefined);
  });
});
