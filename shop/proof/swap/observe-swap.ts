import type { SwapStatus } from "@theseus/runtime/control";
import type { Shop } from "../../test/system/shop.js";
import { type Calls, countFailures, latencies } from "../rollout/visitors/calls.js";
import { quantile } from "../statistics.js";
import { unproven } from "./unproven.js";

/** One swap as it was typed, and what clients saw meanwhile. */
export interface SwapRun {
  readonly command: string;
  readonly seconds: number;
  /** Why it was taken back, or refused; absent: it was done. */
  readonly fault?: string;
  /** The share of the calls that the candidate had at last. */
  readonly percent: number;
  /** Calls that the candidate had answered in that step. */
  readonly candidateCalls: number;
  readonly calls: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly p99Ms: number;
  readonly lines: readonly string[];
}

interface Line {
  readonly seconds: number;
  readonly line?: string;
  readonly done?: string;
  readonly fault?: string;
  readonly swap?: SwapStatus;
}

export interface SwapWish {
  readonly shop: Shop;
  readonly calls: Calls;
  readonly service: string;
  readonly to: string;
  /** Whether its implementation is tested before, where nothing holds that was shown earlier. */
  readonly isProven?: true;
  /** Beside `--yes` and `--json`. */
  readonly flags?: readonly string[];
}

/** Types it, as a script does, and reads its lines. */
export async function observeSwap({
  shop,
  calls,
  service,
  to,
  isProven,
  flags = [],
}: SwapWish): Promise<SwapRun> {
  const beganMs = performance.now();
  const { code, stdout, stderr } = await shop.theseus(
    ...["swap", service, "--to", to, "--yes", "--json"],
    ...(isProven === true ? [] : unproven),
    ...flags,
  );
  const endedMs = performance.now();
  const lines = stdout
    .split("\n")
    .filter(Boolean)
    .map((text) => JSON.parse(text) as Line);
  const fault = code === 0 ? undefined : (lines.findLast((line) => line.fault)?.fault ?? stderr.trim());
  const during = calls.during(beganMs, endedMs);
  const percents = lines.flatMap(({ swap }) => swap?.percent ?? []);
  return {
    command: `theseus swap ${service} --to ${to}`,
    seconds: (endedMs - beganMs) / 1_000,
    ...(fault !== undefined && { fault }),
    percent: Math.max(0, ...percents),
    candidateCalls: callsBeforeReturn(fault),
    calls: during.length,
    failed: countFailures(during),
    p99Ms: quantile(latencies(during), 0.99) ?? 0,
    lines: lines.flatMap(({ line, seconds }) =>
      line === undefined ? [] : `${seconds.toFixed(1)} s  ${line}`,
    ),
  };
}

/** Of the method that was wrong, by the words of the verdict. */
function callsBeforeReturn(fault = ""): number {
  return Number(/in \d+ of (\d+) calls of the candidate/.exec(fault)?.[1] ?? 0);
}
