import { localRequest } from "../pair/local-http.js";

/** What a comparer has found so far. */
export interface ShadowReport {
  /** Calls and streams that both sides were asked: equal, noise or different. */
  readonly compared: number;
  readonly equal: number;
  /** They differed once, and did not keep to it; or the old side differed from itself. */
  readonly noise: number;
  readonly different: readonly ShadowDifference[];
  /** Copies that there was no time for. */
  readonly dropped: number;
  /** The old side was not there, or too late. */
  readonly unanswered: number;
  /** Of `compared`: streams. */
  readonly streams: number;
  /** Streams that the comparer has open now. */
  readonly openStreams: number;
  /** Why nothing more is compared; absent while it goes on. */
  readonly ended?: string;
}

export interface ShadowDifference {
  /** `package.Service/Method` */
  readonly method: string;
  /** `status`, `ok.items[].title` */
  readonly path: string;
  /** As they were found first, without what the contract redacts. */
  readonly old: string;
  readonly candidate: string;
  readonly count: number;
  /** File of the conformance case. */
  readonly savedAs?: string;
}

export const nothingYet: ShadowReport = {
  compared: 0,
  equal: 0,
  noise: 0,
  different: [],
  dropped: 0,
  unanswered: 0,
  streams: 0,
  openStreams: 0,
};

/** Asks a comparer for its report. */
export async function askReport(socketPath: string): Promise<ShadowReport> {
  const { body } = await localRequest({ at: { socketPath }, path: "/", timeoutMs: 5_000 });
  return JSON.parse(body) as ShadowReport;
}
