import { createRandom } from "@theseus/runtime/load";
import { expect } from "chai";
import { groups, type PlannedFault, planFaults, type Target } from "../../proof/chaos/fault-plan.js";

describe("the plan of faults", () => {
  const targets: readonly Target[] = groups.flatMap((group) => [
    { process: `${group}-1`, group },
    { process: `${group}-2`, group },
  ]);
  const plan = (seed: number, count: number): readonly PlannedFault[] => {
    const planned: PlannedFault[] = [];
    for (const fault of planFaults(targets, createRandom(seed))) if (planned.push(fault) === count) break;
    return planned;
  };

  it("is the same for the same seed, and another one for another", () => {
    expect(plan(7, 50)).to.deep.equal(plan(7, 50));
    expect(plan(7, 50)).to.not.deep.equal(plan(8, 50));
  });

  it("has each deed for each group in a round", () => {
    const kinds = plan(1, 13).map(({ kind }) => kind);
    const [hang] = kinds.filter((kind) => kind.startsWith("hang "));
    const single = groups.flatMap((group) => [`kill ${group}`, `freeze ${group}`]);
    expect(kinds).to.have.members([...single, hang, "chaos", "chaos"]);
  });
});
