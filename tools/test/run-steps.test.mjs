import { expect } from "chai";
import { nextOf } from "../steps/run-steps.mjs";

/** @import { Step } from "../steps/run-step.mjs" */

/**
 * @param {string} name
 * @param {Partial<Step>} [more]
 * @returns {Step}
 */
const step = (name, more = {}) => ({ name, folder: ".", command: () => [], ...more });

describe("the steps of npm test", () => {
  const kit = step("kit", { folder: "kit" });
  const mesh = step("mesh", { folder: "mesh" });
  const system = step("system", { alone: true });

  it("go in their order, two at once", () => {
    expect(nextOf([kit, mesh], [], 2)).to.equal(kit);
    expect(nextOf([mesh], [kit], 2)).to.equal(mesh);
    expect(nextOf([mesh], [kit, step("lint")], 2)).to.equal(undefined);
    expect(nextOf([mesh], [kit], 1)).to.equal(undefined);
  });

  it("do not meet in a folder", () => {
    const newer = step("kit on the newest LTS", { folder: "kit" });
    const go = step("ship (Go)", { folder: "ship/go" });
    const suite = step("suite of ship (Go)", { writes: ["ship/go"] });
    expect(nextOf([newer, mesh], [kit], 2)).to.equal(mesh);
    expect(nextOf([suite], [go], 2)).to.equal(undefined);
    expect(nextOf([suite], [kit], 2)).to.equal(suite);
  });

  it("have the machine for themselves where they must, and are not overtaken then", () => {
    expect(nextOf([system, mesh], [kit], 2)).to.equal(undefined);
    expect(nextOf([system, mesh], [], 2)).to.equal(system);
    expect(nextOf([mesh], [system], 2)).to.equal(undefined);
  });
});
