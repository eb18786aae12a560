import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "@theseus/kit";
import { isStoreAway } from "./store/redis-connection.js";
import type { Swept } from "./store/reservation-store.js";

const INTERVAL_MS = 1000;
/** The batch size of sweep.lua: after a full batch there may be more. */
const FULL = 50;

interface SweeperOptions {
  readonly sweep: () => Promise<Swept>;
  readonly log: Log;
  /** From 0 up to 1; keeps replicas from sweeping at the same moment. */
  readonly random: () => number;
}

/** Frees the stock of reservations that have expired, and removes those whose retention is over. */
export function startSweeper({ sweep, log, random }: SweeperOptions): AsyncDisposable {
  const stopped = new AbortController();

  async function sweepAll(): Promise<void> {
    for (let full = true; full && !stopped.signal.aborted; ) {
      const { expired, removed } = await sweep();
      full = expired >= FULL || removed >= FULL;
    }
  }

  async function repeat(): Promise<void> {
    while (true) {
      const pause = INTERVAL_MS * (0.75 + random() / 2);
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      try {
        await sweepAll();
      } catch (err) {
        if (!isStoreAway(err))
          log.error({ event: "sweep", err }, "reservations cannot be swept; trying again");
      }
    }
  }

  const repeating = repeat();
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await repeating;
    },
  };
}
