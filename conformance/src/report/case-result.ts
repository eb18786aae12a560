import type { Case } from "../cases/case.js";
import type { StepFailure } from "../steps/case-run.js";

/** What became of a case. */
export interface CaseResult {
  readonly test: Case;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly ms: number;
  /** Why it was skipped, or what went wrong. */
  readonly why?: string;
  readonly failure?: StepFailure;
}
