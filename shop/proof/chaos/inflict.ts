import { setTimeout as sleep } from "node:timers/promises";
import type { Journal } from "../traffic/journal.js";
import type { PlannedFault, Step } from "./fault-plan.js";
import type { Hurter } from "./processes.js";

/** A fault as it came. Times are on the clock of `performance.now()`. */
export interface Fault {
  readonly kind: string;
  readonly steps: readonly Step[];
  readonly beganMs: number;
  /** When nothing was done to the shop any more. */
  readonly endedMs: number;
  /** When an order that began after the end was paid; absent: none was, in time. */
  readonly recoveredMs?: number;
}

export interface InflictOptions {
  readonly hurter: Hurter;
  readonly journal: Journal;
  /** Longest wait for an order that is paid. */
  readonly patienceMs: number;
}

/** Does what was planned, and waits for the shop to sell again. */
export async function inflict(planned: PlannedFault, options: InflictOptions): Promise<Fault> {
  const { hurter, journal, patienceMs } = options;
  const { kind, steps } = planned;
  const beganMs = performance.now();
  await Promise.all(
    steps.map(async (step) => {
      await sleep(step.afterMs);
      await hurter.hurt(step);
    }),
  );
  const endedMs = performance.now();
  const isHang = steps.some(({ deed }) => deed === "hang");
  const paid = await paidAfter(journal, endedMs, patienceMs);
  const fault = { kind, steps, beganMs, endedMs: isHang ? beganMs : endedMs };
  return paid === undefined ? fault : { ...fault, recoveredMs: paid };
}

async function paidAfter(journal: Journal, endedMs: number, patienceMs: number): Promise<number | undefined> {
  while (performance.now() - endedMs < patienceMs) {
    const paid = journal.paidSince(endedMs);
    if (paid !== undefined) return paid.payment?.atMs;
    await sleep(50);
  }
  return undefined;
}
