import { expect } from "chai";
import { figuresByKind, type Run, stallsOf } from "../../proof/chaos/fault-report.js";
import { violation } from "../../proof/invariants/violation.js";
import type { Attempt } from "../../proof/traffic/journal.js";

describe("the report of faults", () => {
  const step = { deed: "kill", process: "store-1", afterMs: 0, forMs: 0 } as const;
  const fault = (beganMs: number, recoveredMs: number) => ({
    kind: "kill store",
    steps: [step],
    beganMs,
    endedMs: beganMs,
    recoveredMs,
  });
  const attempt = (beganMs: number, outcome: Attempt["outcome"]): Attempt => ({
    operation: "pay",
    outcome,
    status: 200,
    reason: "",
    beganMs,
    endedMs: beganMs + 10,
  });
  const run: Run = {
    beganMs: 0,
    endedMs: 15_000,
    faults: [fault(1_000, 3_000), fault(6_000, 11_000)],
    attempts: [
      attempt(500, "acknowledged"),
      attempt(1_500, "failed"),
      attempt(7_000, "unknown"),
      attempt(11_500, "acknowledged"),
    ],
    violations: [
      violation("lost", "payments/x", "is not there", 1_200),
      violation("double", "payments/y", "twice"),
    ],
  };

  it("counts calls and harm where they came, and how long the shop needed", () => {
    expect(figuresByKind(run)).to.deep.equal([
      {
        kind: "kill store",
        faults: 2,
        attempts: 2,
        failed: 1,
        unknown: 1,
        lost: 1,
        double: 0,
        recoveryMedianS: 5,
        recoveryLongestS: 5,
      },
      { kind: "none", faults: 0, attempts: 2, failed: 0, unknown: 0, lost: 0, double: 1 },
    ]);
  });

  it("names five seconds without an acknowledged write, with the fault at that time", () => {
    expect(stallsOf(run)).to.deep.equal([{ fromS: 5, faults: ["kill store (store-1)"] }]);
  });
});
