// Mocha's spec reporter that also leaves how many passed, and the titles of the rest, in $THESEUS_TEST_REPORT.
const { appendFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class SpecWithReport extends reporters.Spec {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {{title: string, why: string}[]} */
    const failed = [];
    /** @type {string[]} */
    const skipped = [];
    runner.on("fail", (test, { message }) => failed.push({ title: test.fullTitle(), why: message }));
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.once("end", () => {
      const line = JSON.stringify({ passed: this.stats.passes, failed, skipped });
      if (process.env.THESEUS_TEST_REPORT) appendFileSync(process.env.THESEUS_TEST_REPORT, `${line}\n`);
    });
  }
};
