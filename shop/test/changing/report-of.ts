import type { Shadow, ShadowReport } from "@theseus/runtime/shadow";
import { eventually } from "@theseus/testing";

/** The report of a shadow as soon as it is so. */
export function reportOf(shadow: Shadow, isSo: (report: ShadowReport) => boolean): Promise<ShadowReport> {
  return eventually("the report says so", () => shadow.report(), { until: isSo });
}
