import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";

/** A process that starts takes a processor for itself: more at once take the time of those that are being tested. */
const limit = pLimit(availableParallelism());

/** Some serve only when a case has done more. */
const LONGEST_START_MS = 5_000;

/** Begins when few others are starting, and answers what `start` does. */
export async function whenFewStart<T>(start: () => Promise<T>): Promise<T> {
  const { started } = await limit(async () => {
    const started = start();
    await Promise.race([started.catch(() => undefined), sleep(LONGEST_START_MS, undefined, { ref: false })]);
    // In an object: a promise would be waited for, longer than the turn lasts.
    return { started };
  });
  return started;
}
