import { createHistogram } from "node:perf_hooks";
import type { LatencyReport } from "./report.js";

const mostMicros = 3_600_000_000;
const digits = 3;

/** Latencies of any number of calls, in bounded memory: to three significant digits, up to an hour. */
export class Latencies {
  readonly #micros = createHistogram({ lowest: 1, highest: mostMicros, figures: digits });

  add(ms: number): void {
    this.#micros.record(Math.min(mostMicros, Math.max(1, Math.round(ms * 1_000))));
  }

  report(): LatencyReport {
    const at = (percent: number) => (this.#micros.count === 0 ? 0 : toMs(this.#micros.percentile(percent)));
    return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: at(100) };
  }
}

function toMs(micros: number): number {
  return Number((micros / 1_000).toPrecision(digits));
}
