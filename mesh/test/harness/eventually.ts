import { setTimeout as pause } from "node:timers/promises";

/** Asks again until the answer is true; fails with the last fault after ten seconds. */
export async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 10_000;
  let fault: unknown;
  while (Date.now() < until) {
    try {
      if (await condition()) return;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await pause(20);
  }
  throw new Error(`${what}: not within ten seconds`, { cause: fault });
}
