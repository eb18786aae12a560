import type { HttpClient } from "../../../test/system/http-client.js";
import { ask, type EdgeCall, type Outcome, type Reply } from "../../traffic/edge.js";

/** One call of a client, which nobody repeats. */
export interface Call {
  readonly operation: string;
  /** When it was to be sent; its latency is counted from here. */
  readonly dueMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
  readonly status: number;
  /** Of a refusal or a failure. */
  readonly reason: string;
  /** Whether it came to anything but what the contract has for such a call. */
  readonly failed: boolean;
}

interface Wanted extends EdgeCall {
  readonly operation: string;
  /** Default: now. */
  readonly dueMs?: number;
  /** A refusal that is right. */
  readonly expected?: string;
}

/** The clients' own journal of calls. */
export class Calls {
  readonly all: Call[] = [];

  constructor(readonly http: HttpClient) {}

  /** Asks once, and writes down what came of it. */
  async ask({ operation, dueMs = performance.now(), expected, ...call }: Wanted): Promise<Reply> {
    const reply = await ask(this.http, call);
    const { outcome, status, reason, endedMs } = reply;
    const isRefusedRightly = outcome === "refused" && reason === expected;
    const failed = outcome !== "acknowledged" && !isRefusedRightly;
    this.all.push({ operation, dueMs, endedMs, outcome, status, reason, failed });
    return reply;
  }

  /** Those that were under way between two moments. */
  during(fromMs: number, toMs: number): readonly Call[] {
    return this.all.filter(({ dueMs, endedMs }) => dueMs < toMs && endedMs > fromMs);
  }
}

/** But for payments that take as long as their card says. */
export function latencies(calls: readonly Call[]): readonly number[] {
  const quick = calls.filter(({ operation }) => operation !== "pay with card-slow");
  return quick.map(({ dueMs, endedMs }) => endedMs - dueMs);
}

/** How often each answer came that was none of those the contract has for such a call. */
export function countFailures(calls: readonly Call[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operation, status, reason, failed } of calls) {
    if (!failed) continue;
    const answer = `${operation}: ${status} ${reason}`;
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
  return counts;
}
