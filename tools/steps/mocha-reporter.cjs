// Mocha's spec reporter that also leaves its counts, and the reason of each skipped test, in $THESEUS_TEST_REPORT.
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class SpecWithReport extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const skipped = [];
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.once("end", () => {
      const { passes, failures } = this.stats;
      const line = JSON.stringify({ passed: passes, failed: failures, skipped });
      if (process.env.THESEUS_TEST_REPORT) appendFileSync(process.env.THESEUS_TEST_REPORT, `${line}\n`);
    });
  }
};
