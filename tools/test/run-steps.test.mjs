import { expect } from "chai";
import { runStep } from "../steps/run-step.mjs";
import { nextOf } from "../steps/run-steps.mjs";
import { readMocha } from "../steps/test-reports.mjs";

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

describe("a step of npm test", () => {
  it("tells what failed by its title and the beginning of why", async () => {
    const failed = [
      { title: "the shop opens", why: "expected 1\n  to equal 2" },
      { title: "the shop closes", why: "x".repeat(1000) },
    ];
    const report = { passed: 2, failed, skipped: [] };
    expect(await failuresOf(writing(report, 1))).to.deep.equal([
      "the shop opens: expected 1 to equal 2",
      `the shop closes: ${"x".repeat(300)}…`,
    ]);
  });

  it("has failed where it died, left no report, or has no test", async () => {
    const none = { passed: 0, failed: [], skipped: [] };
    expect(await failuresOf(writing({ ...none, passed: 1 }, 3))).to.deep.equal(["a ended with 3"]);
    expect(await failuresOf(writing(none, 0))).to.deep.equal(["a has no test"]);
    expect(await failuresOf({ read: readMocha, command: () => [process.execPath, "-e", ""] })).to.deep.equal([
      "a left no report",
    ]);
    expect(await failuresOf({ command: () => [process.execPath, "-e", "process.exit(4)"] })).to.deep.equal([
      "a ended with 4",
    ]);
  });

  /** @param {Partial<Step>} more */
  async function failuresOf(more) {
    return (await runStep(step("a", more), () => {})).failed;
  }

  /**
   * A step that leaves this report, and ends so.
   * @param {object} report
   * @param {number} status
   * @returns {Partial<Step>}
   */
  function writing(report, status) {
    const script =
      "require('fs').writeFileSync(process.argv[1], process.argv[2]); process.exit(+process.argv[3])";
    /** @type {Step["command"]} */
    const command = (path) => [process.execPath, "-e", script, path, JSON.stringify(report), `${status}`];
    return { command, read: readMocha };
  }
});
