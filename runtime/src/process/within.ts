import { setTimeout as sleep } from "node:timers/promises";

/** What is promised, or `otherwise` when that fails or takes longer. */
export async function within<Value>(
  limitMs: number,
  promised: Promise<Value>,
  otherwise: Value,
): Promise<Value> {
  const over = new AbortController();
  const limit = sleep(limitMs, otherwise, { signal: over.signal });
  try {
    return await Promise.race([promised.catch(() => otherwise), limit]);
  } finally {
    over.abort();
    await limit.catch(() => undefined);
  }
}
