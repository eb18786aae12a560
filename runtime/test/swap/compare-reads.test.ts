import { expect } from "chai";
import type { Instances } from "../../src/instances/instances.js";
import type { Pair } from "../../src/pair/pair.js";
import type { ShadowOptions, ShadowReport } from "../../src/shadow/index.js";
import { nothingYet } from "../../src/shadow/shadow-report.js";
import { compareReads } from "../../src/swap/compare-reads.js";

import { SwapControl } from "../../src/swap/swap-control.js";
import { SwapProgress } from "../../src/swap/swap-progress.js";
import { noState } from "../no-state.js";

const none = nothingYet;
const tonnage = {
  method: "/harbour/GetShip",
  path: "ship.tonnage",
  old: "12",
  candidate: "12000",
  count: 3,
  savedAs: "cases/get-ship.yaml",
};

describe("the comparison of reads before a candidate gets calls", () => {
  it("is told as not there in a system that has none", async () => {
    const { told } = await run(undefined);
    expect(told).to.deep.equal(["shadow: not there"]);
  });

  it("ends when enough is compared, and stops the shadow", async () => {
    const { told, asked, stopped } = await run([none, { ...none, compared: 20, equal: 19, noise: 1 }]);
    expect(told.at(-1)).to.equal(
      "shadow: 20 of 20 reads compared, 19 equal, 1 that the old one answers in two ways",
    );
    expect(asked).to.include({ service: "ship", saveCases: "/tmp/cases" });
    expect(stopped).to.equal(1);
  });

  it("refuses a candidate that answers differently, with method, field and both values", async () => {
    const { fault, stopped } = await run([{ ...none, compared: 5, different: [tonnage] }]);
    expect(fault)
      .to.contain("/harbour/GetShip: ship.tonnage is 12000 at the candidate and 12 at the old one (3 times")
      .and.contain("kept as cases/get-ship.yaml");
    expect(stopped).to.equal(1);
  });

  it("refuses to go on without a comparer that has ended", async () => {
    const { fault, stopped } = await run([{ ...none, compared: 5, equal: 5, ended: "it was killed" }]);
    expect(fault).to.contain("could not be compared to the end: it was killed");
    expect(stopped).to.equal(1);
  });

  it("ends when nobody reads any more", async () => {
    const { fault, told } = await run([{ ...none, compared: 2, equal: 2 }], { quietMs: 600 });
    expect(fault).to.equal(undefined);
    expect(told.at(-1)).to.contain("2 of 20 reads compared");
  });

  it("is held while it is paused, and ends with an abort", async () => {
    const control = new SwapControl();
    control.steer("pause");
    setTimeout(() => control.steer("abort"), 700);
    const { fault, stopped } = await run([{ ...none, compared: 50, equal: 50 }], { control });
    expect(fault).to.contain("It was aborted.");
    expect(stopped).to.equal(1);
  });
});

interface More {
  readonly quietMs?: number;
  readonly control?: SwapControl;
}

/** One report after the other; the last one stays. */
async function run(reports: readonly ShadowReport[] | undefined, more: More = {}) {
  const { quietMs = 60_000, control = new SwapControl() } = more;
  const told: string[] = [];
  let asked: ShadowOptions | undefined;
  let stopped = 0;
  let looks = 0;
  const startShadow = async (_: Instances, options: ShadowOptions) => {
    asked = options;
    return {
      report: async () => reports?.[Math.min(looks++, reports.length - 1)] ?? none,
      stop: async () => void stopped++,
    };
  };
  const pair = (name: string) => ({ instance: { name } }) as Pair;
  const say = (line: string) => void told.push(line);
  const fault = await compareReads({
    instances: { context: { signal: new AbortController().signal } } as Instances,
    service: "ship",
    pairs: { old: [pair("ship-1")], candidate: [pair("ship-2")] },
    startShadow: reports && startShadow,
    saveCases: "/tmp/cases",
    bounds: { compared: 20, longestMs: 60_000, quietMs },
    control,
    progress: new SwapProgress({ service: "ship", to: "go" }, control, noState, say),
  }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { told, asked, stopped, fault };
}
