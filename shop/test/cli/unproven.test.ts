import type { HistoryEntry, SystemStatus } from "@theseus/runtime/control";
import { expect } from "chai";
import { showHistory } from "../../src/cli/history.js";
import { showStatus } from "../../src/cli/status.js";

const until = "2026-05-01T11:00:00.000Z";
const admission = { by: "reason", reason: "the suite is broken", until } as const;

describe("what runs without proof", () => {
  const shop: SystemStatus = {
    pid: 1,
    home: "/home",
    phase: "open",
    startedAt: "2026-05-01T09:00:00.000Z",
    instances: [
      {
        instance: "inventory-1",
        kind: "application",
        implementation: "go",
        admission,
        version: "1",
        health: "SERVING",
        ports: {},
        sockets: {},
        restarts: 0,
        since: "2026-05-01T10:00:00.000Z",
      },
    ],
  };

  it("is shown by status, with the reason and its time", () => {
    const before = showStatus(shop, new Date("2026-05-01T10:30:00.000Z"));
    expect(before).to.contain(
      "inventory-1 RUNS WITHOUT PROOF: the suite is broken (until 2026-05-01T11:00:00Z)",
    );
    const after = showStatus(shop, new Date(until));
    expect(after).to.contain("(its time was over at 2026-05-01T11:00:00Z)");
  });

  it("is kept in the history, with the reason", () => {
    const implementation = { language: "go", folder: "/go", contentHash: "4f1c2ab90d12aa" };
    const entry: HistoryEntry = {
      change: { kind: "swap", service: "inventory", to: "go" },
      at: "2026-05-01T10:00:00.000Z",
      seconds: 1,
      from: [implementation],
      to: [{ ...implementation, admission }],
    };
    expect(showHistory([entry])).to.contain("go 4f1c2ab90d12 WITHOUT PROOF (the suite is broken)");
  });
});
