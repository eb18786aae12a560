import type { CaseResult } from "./case-result.js";

/** Results as JUnit XML. */
export function toJunit(suite: string, results: readonly CaseResult[]): string {
  const count = (outcome: CaseResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const total = seconds(results.reduce((sum, { ms }) => sum + ms, 0));
  const head = `<testsuite name="${escaped(suite)}" tests="${results.length}" failures="${count("failed")}" skipped="${count("skipped")}" time="${total}">`;
  const cases = results.map(({ test, outcome, ms, why }) => {
    const open = `  <testcase classname="${escaped(suite)}" name="${escaped(test.name)}" time="${seconds(ms)}"`;
    if (outcome === "passed") return `${open}/>`;
    const element = outcome === "failed" ? "failure" : "skipped";
    return `${open}><${element} message="${escaped(why ?? "")}"/></testcase>`;
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, "</testsuite>", ""].join("\n");
}

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[^\t\n\r\u0020-\uFFFD]/g, "?");
}
