import { once } from "@theseus/kit";

/** The bootstrap of the administrator, which is tried until it succeeds while the process is active. */
export interface AdminWork {
  /** Resolves when the administrator exists; at once in standby. */
  ensured(): Promise<void>;
  /** Begins it. Disposing resolves when nothing of it runs any more. */
  start(): Promise<AsyncDisposable>;
}

/** @param active whether it is under way from the first moment, so that health waits for it */
export function createAdminWork(active: boolean, ensure: () => Promise<void>): AdminWork {
  let attempt = active ? once(ensure) : undefined;
  let latest: Promise<void> = Promise.resolve();

  async function ensured(): Promise<void> {
    if (attempt === undefined) return;
    latest = attempt();
    await latest;
  }

  async function stop(): Promise<void> {
    attempt = undefined;
    await latest.catch(() => undefined);
  }

  return {
    ensured,
    async start() {
      if (attempt === undefined) {
        attempt = once(ensure);
        // After a failure each probe of the store tries again.
        await ensured().catch(() => undefined);
      }
      return { [Symbol.asyncDispose]: stop };
    },
  };
}
