import type { Log } from "../process/log.js";
import type { Health } from "./health.js";

/** What a monitor needs. */
export interface MonitorOptions {
  /** Resolves when the store answers. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  readonly health: Pick<Health, "setServing">;
  readonly log: Log;
  /** From the end of one probe to the next, in ms. */
  readonly intervalMs: number;
  /** How long one probe may take, in ms. */
  readonly timeoutMs: number;
}

/**
 * Probes again and again, and sets the health accordingly. Resolves after the first probe; disposing ends it. Changes are
 * logged. The first result is not, because nothing may be logged before the line that says where the process listens; if
 * it is bad and the second is too, the second is logged.
 */
export async function monitor(options: MonitorOptions): Promise<Disposable> {
  const { health, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let told: boolean | undefined;

  async function round(): Promise<void> {
    const fault = await probeOnce(options.probe, options.timeoutMs);
    if (ended) return;
    const serving = fault === undefined;
    health.setServing(serving);
    if (told !== undefined && told !== serving) tell(serving, fault?.cause);
    told = told === undefined || serving;
    timer = setTimeout(round, options.intervalMs).unref();
  }

  function tell(serving: boolean, err: unknown): void {
    if (serving) log.info({ event: "health", serving }, "the store answers");
    else log.warn({ event: "health", serving, err }, "the store does not answer");
  }

  await round();
  return {
    [Symbol.dispose]: () => {
      ended = true;
      clearTimeout(timer);
    },
  };
}

/** What went wrong, if anything did. A probe that ignores its signal is no longer waited for. */
async function probeOnce(
  probe: MonitorOptions["probe"],
  timeoutMs: number,
): Promise<{ readonly cause: unknown } | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
  const gaveUp = new Promise<never>((_, reject) => {
    limit.signal.addEventListener("abort", () => reject(limit.signal.reason), { once: true });
  });
  try {
    await Promise.race([probe(limit.signal), gaveUp]);
    return undefined;
  } catch (cause) {
    return { cause };
  } finally {
    clearTimeout(timer);
  }
}
