import { expect } from "chai";
import { chanceOf } from "../../src/swap/exact-test.js";

const stratum = (hits: number, calls: number, oldHits: number, oldCalls: number) => ({
  candidate: { hits, calls },
  old: { hits: oldHits, calls: oldCalls },
});

describe("the exact test", () => {
  it("gives the values of Fisher's for a single table", () => {
    // The lady tasting tea, and a table whose two tails differ.
    expect(chanceOf([stratum(3, 4, 1, 4)])).to.be.closeTo(0.485714, 1e-6);
    expect(chanceOf([stratum(1, 10, 11, 14)])).to.be.closeTo(0.0027594562, 1e-9);
    expect(chanceOf([stratum(4, 500, 0, 4_500)])).to.be.closeTo(9.88e-5, 1e-6);
  });

  it("is 1 where nothing can differ", () => {
    for (const each of [stratum(0, 50, 0, 900), stratum(50, 50, 900, 900), stratum(0, 0, 3, 9)])
      expect(chanceOf([each])).to.be.closeTo(1, 1e-9);
    expect(chanceOf([])).to.equal(1);
  });

  it("is the same for hits and for misses, and for either side", () => {
    const chance = chanceOf([stratum(7, 60, 9, 400)]);
    expect(chanceOf([stratum(53, 60, 391, 400)])).to.be.closeTo(chance, 1e-12);
    expect(chanceOf([stratum(9, 400, 7, 60)])).to.be.closeTo(chance, 1e-12);
  });

  it("of several strata is that of all ways to the same sum", () => {
    const strata = [stratum(2, 3, 1, 5), stratum(1, 2, 0, 4)];
    expect(chanceOf(strata)).to.be.closeTo(byCounting(strata), 1e-12);
  });

  it("does not take two groups that differ from each other for two sides that do", () => {
    const strata = [stratum(0, 100, 0, 9_900), stratum(250, 500, 250, 500)];
    expect(chanceOf(strata)).to.be.closeTo(1, 1e-6);
  });
});

/** Lays out every way in which the hits can fall. */
function byCounting(strata: readonly ReturnType<typeof stratum>[]): number {
  let sums = new Map([[0, 1]]);
  for (const { candidate, old } of strata) {
    const next = new Map<number, number>();
    const hits = candidate.hits + old.hits;
    for (const [sum, ways] of sums)
      for (let k = 0; k <= Math.min(hits, candidate.calls); k++) {
        const more = ways * choose(candidate.calls, k) * choose(old.calls, hits - k);
        next.set(sum + k, (next.get(sum + k) ?? 0) + more);
      }
    sums = next;
  }
  const all = [...sums.values()].reduce((sum, each) => sum + each, 0);
  const seen = sums.get(strata.reduce((sum, { candidate }) => sum + candidate.hits, 0)) ?? 0;
  const rare = [...sums.values()].filter((each) => each <= seen);
  return rare.reduce((sum, each) => sum + each, 0) / all;
}

function choose(n: number, k: number): number {
  return k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k;
}
