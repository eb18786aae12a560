import type { ShadowReport } from "../shadow/index.js";
import type { End } from "./evidence.js";

export type SwapStage = "gate" | "standby" | "shadow" | "shift" | "drain" | "return";

/** Under which the state file has the swap that is under way. */
export const swapNote = "swap";

/** Where a swap stands. */
export interface SwapStatus {
  readonly service: string;
  /** As it was asked for. */
  readonly to: string;
  readonly stage: SwapStage;
  /** ISO time of the beginning of this stage, in the shift of this step. */
  readonly since: string;
  /** What it waits for, or does. */
  readonly words: string;
  /** Of all calls, those that go to the candidate; during the shift. */
  readonly percent?: number;
  /** By a person, or before the shift until somebody says yes. */
  readonly held?: "paused" | "asked";
  /** The reason for which nothing was proved. */
  readonly withoutProof?: string;
  readonly shadow?: ShadowReport;
  readonly step?: StepNumbers;
}

/** What both sides have answered in a step. */
export interface StepNumbers {
  readonly old: SideNumbers;
  readonly candidate: SideNumbers;
  /** The most frequent first. */
  readonly ends: readonly Omit<End, "chance">[];
}

export interface SideNumbers {
  readonly instances: readonly string[];
  readonly calls: number;
  /** Of the durations, but for streams, in milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}
