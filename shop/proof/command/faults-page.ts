import type { FaultsFigures } from "../faults.js";
import { fixed, markdownTable } from "./figure-files.js";

/** The figures of faults, for people. */
export function faultsPage(title: string, figures: FaultsFigures): string {
  const { seed, seconds, orders, paid, kinds, stalls, answers, watches, violations } = figures;
  const head = [
    "fault",
    "times",
    "attempts",
    "failed",
    "unknown",
    "lost",
    "double",
    "recovery, median s",
    "longest s",
  ];
  const rows = kinds.map((each) => [
    each.kind,
    each.faults,
    each.attempts,
    each.failed,
    each.unknown,
    each.lost,
    each.double,
    fixed(each.recoveryMedianS),
    fixed(each.recoveryLongestS),
  ]);
  return [
    `# ${title}`,
    `Seed ${seed}, ${fixed(seconds, 0)} s of faults; ${orders} orders, ${paid} of them paid. ${violations.length} violations.`,
    markdownTable(head, rows),
    `Watches: ${watches.payments} of payments, ${watches.stockChanges} changes of stock, ${watches.resumed} times resumed.`,
    "## Five seconds without an acknowledged write",
    list(stalls.map(({ fromS, faults }) => `from ${fixed(fromS, 0)} s: ${faults.join(", ") || "no fault"}`)),
    "## Answers that were no success",
    list(Object.entries(answers).map(([answer, count]) => `${answer}: ${count}`)),
    "## Violations",
    list(violations.map(({ harm, subject, detail }) => `${harm}: ${subject} ${detail}`)),
    "",
  ].join("\n\n");
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? "None." : lines.map((line) => `- ${line}`).join("\n");
}
