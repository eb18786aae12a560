import { SERVER_FAULTS } from "@theseus/kit/server-faults";
import type { Call } from "./call.js";

const windowMs = 60_000;
/** So many calls of a minute are remembered: the oldest go first. */
const most = 200_000;

/** Quantiles of the duration in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface MethodNumbers {
  /** `/package.Service/Method` */
  readonly method: string;
  readonly calls: number;
  /** How they ended; the most frequent first. */
  readonly ends: readonly { readonly code: string; readonly reason?: string; readonly calls: number }[];
  readonly latencyMs: Latency;
}

/** What an instance has answered in the last minute, by the access log of its own sidecar. */
export interface Numbers {
  readonly seconds: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** 0 to 1: with a code that tells of a fault of the server. */
  readonly failedShare: number;
  /** But for streams, which last as long as somebody looks on. */
  readonly latencyMs: Latency;
  readonly methods: readonly MethodNumbers[];
}

/** The calls of the last minute of one instance. */
export class RecentCalls {
  #calls: Call[] = [];

  /** @param isStream  whether a method answers by a stream, whose duration says nothing of how quick it is */
  constructor(
    readonly isStream: (method: string) => boolean,
    readonly since: number = Date.now(),
  ) {}

  add(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > most * 1.1) this.#calls = this.#calls.slice(-most);
  }

  /** @param now  time in milliseconds */
  numbers(now: number = Date.now()): Numbers {
    this.#forget(now);
    const calls = this.#calls;
    const seconds = Math.max(1, Math.min(windowMs, now - this.since) / 1000);
    const quick = calls.filter(({ method }) => !this.isStream(method));
    return {
      seconds,
      calls: calls.length,
      callsPerSecond: calls.length / seconds,
      failedShare:
        calls.length === 0 ? 0 : calls.filter(({ code }) => SERVER_FAULTS.has(code)).length / calls.length,
      latencyMs: latency(quick),
      methods: [...groupBy(calls, ({ method }) => method)]
        .map(([method, of]) => toMethod(method, of))
        .sort((a, b) => (a.method < b.method ? -1 : 1)),
    };
  }

  /** A call is told when it ends: one that began before the window counts as of its end. */
  #forget(now: number): void {
    this.#calls = this.#calls.filter(
      ({ time, durationMs }) => Date.parse(time) + durationMs > now - windowMs,
    );
  }
}

function toMethod(method: string, calls: readonly Call[]): MethodNumbers {
  const ends = groupBy(calls, ({ code, reason }) => `${code} ${reason ?? ""}`);
  return {
    method,
    calls: calls.length,
    latencyMs: latency(calls),
    ends: [...ends.values()]
      .map((of) => {
        const [{ code, reason } = { code: "", reason: undefined }] = of;
        return { code, ...(reason !== undefined && { reason }), calls: of.length };
      })
      .sort((a, b) => b.calls - a.calls),
  };
}

export function latency(calls: readonly Pick<Call, "durationMs">[]): Latency {
  const sorted = calls.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  // By nearest rank.
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function groupBy<Value>(
  values: readonly Value[],
  key: (value: Value) => string,
): ReadonlyMap<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const of = groups.get(key(value));
    if (of === undefined) groups.set(key(value), [value]);
    else of.push(value);
  }
  return groups;
}
