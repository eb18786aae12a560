import type { CaseResult } from "./case-result.js";

export interface ReportOptions {
  /** Command that runs one case alone, with `%s` where its name goes. */
  readonly repeat: string;
  write(line: string): void;
}

/** Tells of each case as it ends. */
export function tellResult(result: CaseResult, { write }: ReportOptions): void {
  const { test, outcome, ms, why } = result;
  if (outcome === "passed") write(`  ✔ ${test.name} (${ms} ms)`);
  else if (outcome === "skipped") write(`  - ${test.name} (skipped: ${why})`);
  else write(`  ✖ ${test.name} (${ms} ms)`);
}

/** Everything about the cases that failed: request, expected, got, and how to repeat one alone. */
export function tellFailures(results: readonly CaseResult[], { repeat, write }: ReportOptions): void {
  for (const [index, { test, why, failure }] of results
    .filter(({ outcome }) => outcome === "failed")
    .entries()) {
    write(`\n  ${index + 1}) ${test.name}: ${test.says}`);
    write(`     at ${test.place}`);
    if (failure === undefined) write(`     ${why}`);
    else {
      write(`     step      ${failure.step}`);
      if (failure.request !== undefined) write(`     request   ${short(failure.request)}`);
      write(`     expected  ${short(failure.expected)}`);
      write(`     got       ${short(failure.got)}`);
      for (const fault of failure.faults) write(`     because   ${fault}`);
    }
    write(`     repeat    ${repeat.replace("%s", test.name)}`);
  }
  tellMissing(results, write);
}

/** A line for each clause that is not fulfilled, with the cases that failed; of a case without clauses what it says. */
function tellMissing(results: readonly CaseResult[], write: ReportOptions["write"]): void {
  const missing = new Map<string, string[]>();
  for (const { test, outcome } of results) {
    if (outcome !== "failed") continue;
    for (const clause of test.clauses.length > 0 ? test.clauses : [test.says]) {
      missing.set(clause, [...(missing.get(clause) ?? []), test.name].sort());
    }
  }
  if (missing.size > 0) write("\n  missing:");
  for (const [clause, names] of [...missing].sort(([a], [b]) => (a < b ? -1 : 1)))
    write(`    ${clause}: ${names.join(", ")}`);
}

function short(value: unknown): string {
  const text =
    JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? "absent";
  return text.length > 2000 ? `${text.slice(0, 2000)} … (${text.length} characters)` : text;
}
