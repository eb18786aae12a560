// What the reports of this repository's own runners count; those of other languages' are JUnit files (junit.mjs).
import { readFileSync } from "node:fs";
import { failure } from "./failure.mjs";

/**
 * Mocha's, by mocha-reporter.cjs: the last line counts.
 * @param {string} report
 * @returns {import("./run-step.mjs").Counts}
 */
export function readMocha(report) {
  const { failed, ...counts } = JSON.parse(readFileSync(report, "utf8").trim().split("\n").at(-1) ?? "");
  return { ...counts, failed: failed.map(failure) };
}

/**
 * The conformance suite's.
 * @param {string} report
 * @returns {import("./run-step.mjs").Counts}
 */
export function readSuite(report) {
  /** @type {{results: {name: string, outcome: string, why?: string | readonly string[]}[]}} */
  const { results } = JSON.parse(readFileSync(report, "utf8"));
  const of = (/** @type {string} */ outcome) => results.filter((result) => result.outcome === outcome);
  const skipped = of("skipped").map(({ name, why }) => `${name} (skipped: ${why})`);
  return { passed: of("passed").length, failed: of("failed").map(failureOf), skipped };
}

/** @param {{name: string, why?: string | readonly string[]}} result */
function failureOf({ name, why = "" }) {
  return failure({ title: name, why });
}
