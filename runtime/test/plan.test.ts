import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { UsageFault } from "../src/fault.js";
import { planSystem } from "../src/system/plan.js";
import { fleet } from "./fleet.js";

describe("the plan of a system", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  const checkout = scratch.path;
  const none = { checkout, implementations: new Map<string, string>(), replicas: new Map<string, number>() };

  before(() => {
    for (const [folder, name, language] of [
      ["pier", "pier", "go"],
      ["fleet/ship/go", "ship", "go"],
      ["fleet/ship/rust", "ship", "rust"],
      ["fleet/chart/go", "chart", "go"],
      ["fleet/lighthouse/go", "lighthouse", "go"],
      ["outside/weather", "weather", "python"],
    ] as const) {
      mkdirSync(join(checkout, folder), { recursive: true });
      const content = JSON.stringify({ name, language, run: ["bin"] });
      writeFileSync(join(checkout, folder, "implementation.json"), content);
    }
  });

  it("has the topology's own language, or the only implementation that there is", () => {
    const plan = planSystem(fleet, none);
    const chosen = [...plan.externals, ...plan.services, ...plan.edge].map(
      ({ implementation }) => `${implementation.name} ${implementation.language}`,
    );
    expect(chosen).to.deep.equal(["weather python", "ship go", "chart go", "lighthouse go", "pier go"]);
  });

  it("has a workload's own language where the topology says one", () => {
    const workloads = fleet.workloads.map((each) => ({
      ...each,
      ...(each.name === "ship" && { language: "rust" }),
    }));
    const [ship] = planSystem({ ...fleet, workloads }, none).services;
    expect(ship?.implementation).to.include({ name: "ship", language: "rust" });
  });

  it("has other languages and as many instances as are chosen", () => {
    const options = {
      ...none,
      implementations: new Map([["ship", "rust"]]),
      replicas: new Map([["ship", 2]]),
    };
    const ships = planSystem(fleet, options).services.filter(({ workload }) => workload.name === "ship");
    expect(
      ships.map(({ name, ordinal, implementation }) => [name, ordinal, implementation.language]),
    ).to.deep.equal([
      ["ship-1", 1, "rust"],
      ["ship-2", 2, "rust"],
    ]);
  });

  it("is refused for what there is not, and says what there is", () => {
    const language = { ...none, implementations: new Map([["ship", "cobol"]]) };
    expect(() => planSystem(fleet, language)).to.throw(UsageFault, /"cobol" of ship.*\n.*go, rust/);
    const service = { ...none, replicas: new Map([["pier", 2]]) };
    expect(() => planSystem(fleet, service)).to.throw(UsageFault, /"pier"\.\n.*ship, chart, lighthouse/);
  });
});
