import { poissonGaps, type Random, startInOpenLoop } from "@theseus/runtime/load";
import type { Calls } from "../rollout/visitors/calls.js";

export interface ReadersOptions {
  readonly calls: Calls;
  readonly items: readonly string[];
  readonly perSecond: number;
  readonly random: Random;
}

/** People who look at items, at independent moments (Poisson), until they are sent away. */
export function openReaders({ calls, items, perSecond, random }: ReadersOptions): AsyncDisposable {
  const over = new AbortController();
  const { signal } = over;
  const read = async (dueMs: number) => {
    await calls.ask({ operation: "item", method: "GET", path: `/v1/${random.pick(items)}`, dueMs });
  };
  const reading = startInOpenLoop(read, { gaps: poissonGaps(perSecond, random), signal });
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await reading;
    },
  };
}
