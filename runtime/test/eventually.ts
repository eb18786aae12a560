import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is there. */
export async function eventually<Value>(look: () => Value | undefined | false, what: string): Promise<Value> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(20)) {
    const value = look();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`never: ${what}`);
}
