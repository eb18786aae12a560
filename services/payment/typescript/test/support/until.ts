import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a condition: until the look gives something other than false. Rejects with the last look's error. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false> | T | false,
  withinMs = 15_000,
): Promise<T> {
  const limit = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < limit) {
    try {
      const found = await look();
      if (found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(25);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`, { cause: last });
}
