import type { LiveNumbers } from "@theseus/runtime/load";
import { duration } from "../status.js";

/** `  12s  78.3 calls/s  0.0 % failed  p95 41 ms  3 in flight` */
export function showLive(numbers: LiveNumbers): string {
  const { seconds, callsPerSecond, failedShare, p95Ms, inFlight, notSent } = numbers;
  return [
    duration(seconds * 1_000).padStart(5),
    `${callsPerSecond.toFixed(1)} calls/s`,
    `${(failedShare * 100).toFixed(1)} % failed`,
    `p95 ${showMs(p95Ms)} ms`,
    `${inFlight} in flight`,
    ...(notSent > 0 ? [`${notSent} NOT SENT`] : []),
  ].join("  ");
}

/** With as many digits as tell something: `0.42`, `7.1`, `120`. */
export function showMs(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : String(Number(ms.toPrecision(2)));
}
