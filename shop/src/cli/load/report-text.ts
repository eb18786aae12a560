import type { JourneyReport, LatencyReport, LoadReport, StepReport } from "@theseus/runtime/load";
import { table } from "../table.js";
import { showMs } from "./live-line.js";

const columns = [
  "JOURNEY, STEP",
  "COUNT",
  "FAILED",
  "NOT SENT",
  "P50",
  "P90",
  "P95",
  "P99",
  "MAX",
  "ANSWERS",
];

/** A report for people: a row for each journey, and one for each of its steps. */
export function showReport(report: LoadReport): string {
  const { started, notSent, unfinished, failed, calls, failedCalls, startedLateMs, seconds } = report;
  const { asked, due } = report.journeysPerSecond;
  return [
    table([columns, ...report.journeys.flatMap(rows)]),
    "",
    `${started} journeys of ${calls} calls in ${seconds.toFixed(1)} s (${due.toFixed(1)} a second due, ${asked} asked for); times in ms, from when each was due.`,
    failed === 0
      ? "Nothing failed."
      : `FAILED: ${failed} journeys, by ${failedCalls} of ${calls} calls (${((failedCalls / calls) * 100).toFixed(2)} %).`,
    ...(notSent === 0
      ? []
      : [`NOT SENT: ${notSent} journeys, due while as many as --in-flight allows were under way.`]),
    ...(unfinished === 0 ? [] : [`UNFINISHED: ${unfinished} journeys, which were not waited for.`]),
    `This command itself was late by ${showMs(startedLateMs.p99)} ms (p99): that much of the times may be its own.`,
  ].join("\n");
}

function rows(journey: JourneyReport): readonly (readonly string[])[] {
  const { journey: name, started, failed, notSent, latencyMs, steps } = journey;
  return [
    [name, String(started), String(failed), String(notSent), ...times(latencyMs), ""],
    ...steps.map((step) => [
      `  ${step.step}`,
      ...[String(step.calls), String(step.failed), ""],
      ...times(step.latencyMs),
      answers(step),
    ]),
  ];
}

function times({ p50, p90, p95, p99, max }: LatencyReport): readonly string[] {
  return [p50, p90, p95, p99, max].map((ms) => (ms === 0 ? "-" : showMs(ms)));
}

/** Whatever was not simply done: `3 × 429 QUOTA_EXCEEDED, 5 × 400 PAYMENT_DECLINED (expected)` */
function answers({ ends }: StepReport): string {
  return ends
    .map(({ status, reason, failed, calls }) => {
      const how = status === 0 ? reason : `${status} ${reason}`;
      return `${calls} × ${how}${failed ? "" : " (expected)"}`;
    })
    .join(", ");
}
