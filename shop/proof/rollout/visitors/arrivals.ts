import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../random.js";

interface ArrivalsOptions {
  readonly perSecond: number;
  readonly random: Random;
  /** Ends them. */
  readonly signal: AbortSignal;
}

/**
 * Lets visits begin at moments that are independent of each other (Poisson) and of how long those before take. Each is
 * told when it was due. Resolves when the last one has ended.
 */
export async function arrive(
  visit: (dueMs: number) => Promise<void>,
  { perSecond, random, signal }: ArrivalsOptions,
): Promise<void> {
  const visits = new Set<Promise<void>>();
  for (let dueMs = performance.now(); ; ) {
    dueMs += (-Math.log(1 - random.next()) / perSecond) * 1_000;
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const one = visit(dueMs).finally(() => visits.delete(one));
    visits.add(one);
  }
  await Promise.all(visits);
}
