// What a JUnit file, as Go's, Python's and Maven's test runners write it, counts.
import { readFileSync } from "node:fs";
import { failure } from "./failure.mjs";

const CASE = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;

/**
 * @param {string} path
 * @returns {import("./run-step.mjs").Counts}
 */
export function readJunit(path) {
  const cases = [...readFileSync(path, "utf8").matchAll(CASE)].map(toCase);
  const of = (/** @type {string} */ outcome) => cases.filter((each) => each.outcome === outcome);
  const skipped = of("skipped").map(({ title, why }) => `${title} (skipped: ${why})`);
  return { passed: of("passed").length, failed: of("failed").map(failure), skipped };
}

/** @param {readonly string[]} match  attributes, content */
function toCase([, attributes = "", content = ""]) {
  const title = `${attribute(attributes, "classname")} ${attribute(attributes, "name")}`;
  const failed = /<(?:failure|error)\b([^>]*)>/.exec(content);
  if (failed !== null) return { title, outcome: "failed", why: attribute(failed[1] ?? "", "message") };
  const skipped = /<skipped\b([^>]*)>/.exec(content);
  if (skipped === null) return { title, outcome: "passed" };
  return { title, outcome: "skipped", why: attribute(skipped[1] ?? "", "message") };
}

/**
 * @param {string} attributes
 * @param {string} name
 */
function attribute(attributes, name) {
  const text = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  return text
    .replaceAll("&#xA;", " ")
    .replaceAll("&#10;", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
