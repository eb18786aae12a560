import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../process/log.js";
import type { StandbyFile } from "./standby-file.js";
import type { WriteGate } from "./write-gate.js";

/** What a process does while it is active, besides answering calls. */
export interface Work {
  /** Whether the process may act. */
  readonly standby: StandbyFile;
  /** Begins it. Disposing resolves when it has come to rest; it is begun again when the process becomes active again. */
  start(): Promise<AsyncDisposable> | AsyncDisposable;
  /**
   * At each change, while no work runs and no call writes: ends what calls have left running, and opens the store for this
   * state. What it rejects with is logged.
   */
  change(state: { readonly active: boolean }): Promise<void>;
}

export interface ActivityParts {
  readonly work: Work;
  readonly gate: WriteGate;
  /** Tells whether the process is active: true once all of it is, false once nothing of it is. */
  readonly tell: (active: boolean) => void;
  readonly log: Log;
}

const POLL_MS = 100;

/**
 * Follows the standby file until it is disposed of, which ends the work. Resolves when the first state is taken. What a
 * change needs is done before the next one begins.
 */
export async function followStandby({ work, gate, tell, log }: ActivityParts): Promise<AsyncDisposable> {
  const { standby } = work;
  const stopping = new AbortController();
  let running: AsyncDisposable | undefined;

  async function activate(): Promise<void> {
    running = await work.start();
    gate.open();
    tell(true);
  }

  async function rest(): Promise<void> {
    await gate.close();
    await running?.[Symbol.asyncDispose]();
    running = undefined;
  }

  async function prepare(active: boolean): Promise<void> {
    await work.change({ active }).catch((err: unknown) => {
      log.error({ event: "standby", err }, "the store cannot be opened anew; it stays as it is");
    });
  }

  async function change(active: boolean): Promise<void> {
    if (active) {
      await prepare(true);
      await activate();
    } else {
      await rest();
      await prepare(false);
      tell(false);
    }
    log.info({ event: "standby", active }, active ? "active from now on" : "in standby from now on");
  }

  async function follow(): Promise<void> {
    let active = !standby.isThere;
    while (!stopping.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      standby.look();
      if (stopping.signal.aborted || standby.isThere !== active) continue;
      active = !active;
      await change(active);
    }
    await running?.[Symbol.asyncDispose]();
  }

  if (standby.isThere) tell(false);
  else await activate();
  const following = follow();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await following;
    },
  };
}
