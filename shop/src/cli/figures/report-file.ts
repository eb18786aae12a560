import { closeSync, openSync, writeFileSync } from "node:fs";
import { UsageFault } from "@theseus/runtime/control";

/**
 * Answers what writes a report into a file, or does nothing without one. That it can be written is seen at once: what is measured
 * for minutes must not be lost.
 *
 * @throws UsageFault when it cannot
 */
export function openReportFile(path: string | undefined): (report: unknown) => void {
  if (path === undefined) return () => {};
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const remedy = "--report names a file in a folder that is there and is yours.";
    throw new UsageFault(`The report cannot be written: ${why}.`, remedy, { cause: error });
  }
  return (report) => writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
