/** In milliseconds, to three significant digits; all 0 when nothing was timed. */
export interface LatencyReport {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface StepReport {
  readonly step: string;
  readonly calls: number;
  readonly failed: number;
  /** Refused, as it must be. */
  readonly refused: number;
  /** From when each call was to be sent; of those that failed as well. */
  readonly latencyMs: LatencyReport;
  /** How calls were answered that were not simply done; the most frequent first. */
  readonly ends: readonly End[];
}

export interface End {
  /** Of HTTP; 0 without an answer. */
  readonly status: number;
  /** Of google.rpc.ErrorInfo, or what was wrong with the answer. */
  readonly reason: string;
  readonly failed: boolean;
  readonly calls: number;
}

export interface JourneyReport {
  readonly journey: string;
  readonly weight: number;
  readonly started: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Begun, and not at its end when the load was ended at once. */
  readonly unfinished: number;
  /** Due while as many as may be were under way. */
  readonly notSent: number;
  /** From when it was due to its end; of those that succeeded. */
  readonly latencyMs: LatencyReport;
  readonly steps: readonly StepReport[];
}

/** What came of a load. */
export interface LoadReport {
  readonly seconds: number;
  /** As they were asked for, and as they were due by the seed. */
  readonly journeysPerSecond: { readonly asked: number; readonly due: number };
  readonly started: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly unfinished: number;
  readonly notSent: number;
  readonly calls: number;
  readonly failedCalls: number;
  /** How long after they were due journeys began: what this machine, not the system, is to blame for. */
  readonly startedLateMs: LatencyReport;
  readonly journeys: readonly JourneyReport[];
}

/** Of the last ten seconds. */
export interface LiveNumbers {
  readonly seconds: number;
  readonly callsPerSecond: number;
  /** 0 to 1. */
  readonly failedShare: number;
  readonly p95Ms: number;
  /** Journeys that are under way now. */
  readonly inFlight: number;
  /** Since the beginning. */
  readonly notSent: number;
  readonly failedCalls: number;
}
