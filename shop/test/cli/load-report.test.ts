import type { LatencyReport, LoadReport } from "@theseus/runtime/load";
import { expect } from "chai";
import { showLive } from "../../src/cli/load/live-line.js";
import { showReport } from "../../src/cli/load/report-text.js";

const latencyMs: LatencyReport = { p50: 0.42, p90: 7.1, p95: 41, p99: 120, max: 1_240 };

const report: LoadReport = {
  seconds: 60.2,
  journeysPerSecond: { asked: 1, due: 0.983 },
  ...{ started: 50, succeeded: 47, failed: 3, unfinished: 0, notSent: 9, calls: 50, failedCalls: 3 },
  startedLateMs: latencyMs,
  journeys: [
    {
      journey: "buy",
      weight: 1,
      ...{ started: 50, succeeded: 47, failed: 3, unfinished: 0, notSent: 9, latencyMs },
      steps: [
        {
          step: "pay",
          ...{ calls: 50, failed: 3, refused: 5, latencyMs },
          ends: [
            { status: 400, reason: "PAYMENT_DECLINED", failed: false, calls: 5 },
            { status: 503, reason: "SERVICE_UNAVAILABLE", failed: true, calls: 2 },
            { status: 0, reason: "ECONNRESET", failed: true, calls: 1 },
          ],
        },
      ],
    },
  ],
};

describe("the report of a load", () => {
  const lines = showReport(report).split("\n");

  it("has a row for each journey and each step, with what was not sent and how calls failed", () => {
    expect(lines[1]?.split(/ {2,}/)).to.eql(["buy", "50", "3", "9", "0.42", "7.1", "41", "120", "1240"]);
    expect(lines[2]).to.match(/^ {2}pay +50 +3 /);
    expect(lines[2]).to.contain(
      "5 × 400 PAYMENT_DECLINED (expected), 2 × 503 SERVICE_UNAVAILABLE, 1 × ECONNRESET",
    );
  });

  it("says in the end what failed and what was not sent, or that nothing failed", () => {
    expect(lines).to.include("FAILED: 3 journeys, by 3 of 50 calls (6.00 %).");
    expect(lines.join("\n")).to.contain("NOT SENT: 9 journeys");
    const good = showReport({ ...report, failed: 0, failedCalls: 0, notSent: 0 });
    expect(good).to.contain("Nothing failed.").and.not.contain("NOT SENT:").and.not.contain("UNFINISHED");
  });
});

describe("the line of a load that is under way", () => {
  const numbers = { seconds: 72, callsPerSecond: 78.34, failedShare: 0.0123, p95Ms: 41.4, failedCalls: 9 };

  it("has calls a second, failed share, p95 and what is in flight, and what was not sent if anything", () => {
    const line = showLive({ ...numbers, inFlight: 3, notSent: 0 });
    expect(line.trim()).to.equal("1m 12s  78.3 calls/s  1.2 % failed  p95 41 ms  3 in flight");
    expect(showLive({ ...numbers, inFlight: 3, notSent: 2 })).to.match(/ 2 NOT SENT$/);
  });
});
