import { expect } from "chai";
import { showCost } from "../../src/cli/cost/cost-text.js";
import type { SavedCost } from "../../src/cli/cost/saved-cost.js";

const sure = (mean: number) => ({ mean, low: mean - 5, high: mean + 5 });
const variant = (name: string, own: number) => {
  const processes = { "inventory-1": sure(own), "inventory-1-envoy": sure(40), "gateway-1": sure(60) };
  const total = sure(own + 100);
  const step = { step: "InventoryService.GetItem", total, processes, rounds: [] };
  return {
    variant: name,
    idle: { "inventory-1": sure(2_000) },
    journeys: [{ journey: "look", total, processes, steps: [step] }],
  };
};
const ratio = { mean: 0.5, low: 0.45, high: 0.56 };
const report: SavedCost = {
  ...{ service: "inventory", mix: "cost.yaml", rounds: 8, callsPerRound: 200, atOnce: 4 },
  ...{
    resolutionMicros: 50,
    confidence: "95 %",
    processors: "2 × a processor",
    begun: "2026-01-02T03:04:05Z",
  },
  kinds: { "inventory-1": "application", "inventory-1-envoy": "sidecar", "gateway-1": "gateway" },
  variants: [variant("typescript", 200), variant("go", 100)],
  compared: [
    { journey: "look", total: ratio, processes: { "inventory-1": ratio } },
    { journey: "look", step: "InventoryService.GetItem", processes: {} },
  ],
};

describe("the report of costs", () => {
  const lines = showCost(report)
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));

  it("has what each call costs, by kind of process, with its interval", () => {
    expect(lines).to.deep.include(["InventoryService.GetItem", "60", "200", "40", "0", "0", "300 ± 5"]);
    expect(lines).to.deep.include(["InventoryService.GetItem", "60", "100", "40", "0", "0", "200 ± 5"]);
  });

  it("compares the service's own process in both implementations, and has no ratio below the resolution", () => {
    expect(lines).to.deep.include([
      ...["look", "200 ± 5", "100 ± 5", "0.50 (0.45 to 0.56)", "0.50 (0.45 to 0.56)"],
    ]);
    expect(lines).to.deep.include(["InventoryService.GetItem", "200 ± 5", "100 ± 5", "-", "-"]);
  });

  it("says how fine the clock is, and which interval it has", () => {
    expect(showCost(report)).to.contain("Student's t over 8 rounds").and.contain("50 µs a call in one round");
  });
});
