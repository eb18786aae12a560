import type { CostReport } from "@theseus/runtime/cost";

/** The report, and what was measured how. */
export interface SavedCost extends CostReport {
  readonly service?: string;
  readonly mix: string;
  readonly rounds: number;
  readonly callsPerRound: number;
  readonly atOnce: number;
  /** The least that the clock of processes tells apart, a call: one step of it over the calls of a round. */
  readonly resolutionMicros: number;
  readonly confidence: string;
  /** What each process is, by its name. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly processors: string;
  /** ISO 8601. */
  readonly begun: string;
}
