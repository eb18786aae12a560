import type { Shop } from "../../test/system/shop.js";
import { quantile } from "../statistics.js";
import { type Calls, countFailures, latencies } from "./visitors/calls.js";

/** What one command took, and what clients saw meanwhile. */
export interface CommandFigures {
  readonly command: string;
  readonly seconds: number;
  readonly calls: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly p99Ms: number | undefined;
  /** Why it did not succeed. */
  readonly fault?: string;
}

export interface Observed {
  readonly shop: Shop;
  readonly calls: Calls;
  readonly report: (line: string) => void;
}

/** Types a command, as a person does. */
export function type(observed: Observed, ...args: readonly string[]): Promise<CommandFigures> {
  return observe(observed, `theseus ${args.join(" ")}`, async () => {
    const { code, stderr } = await observed.shop.theseus(...args);
    return code === 0 ? undefined : stderr.trim();
  });
}

/** Does something to the shop while its clients go on; `deed` answers why it did not succeed. */
export async function observe(
  { calls, report }: Observed,
  command: string,
  deed: () => Promise<string | undefined>,
): Promise<CommandFigures> {
  const beganMs = performance.now();
  const fault = await deed();
  const endedMs = performance.now();
  const during = calls.during(beganMs, endedMs);
  const seconds = (endedMs - beganMs) / 1_000;
  const failed = countFailures(during);
  const broken = JSON.stringify(failed);
  report(
    `${command}: ${seconds.toFixed(1)} s, ${during.length} calls, failed ${broken}${fault ? `; ${fault}` : ""}`,
  );
  return {
    command,
    seconds,
    calls: during.length,
    failed,
    p99Ms: quantile(latencies(during), 0.99),
    ...(fault !== undefined && { fault }),
  };
}
