import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReason, type Log, StatusError } from "@theseus/kit";
import { type Change, comparePositions } from "../rules/stock-level.js";
import type { LevelStore } from "../store/level-store.js";
import { isStoreAway } from "../store/redis-connection.js";

const BATCH = 512;
const MOST_RECENT = 4096;
const RETRY_MS = 200;

interface LevelFeedOptions {
  readonly levels: LevelStore;
  /** Resolves when there may be a change after a position. */
  readonly waitForChange: (position: string) => Promise<void>;
  readonly log: Log;
}

/** The latest changes, read once for all watchers of this process. */
export interface LevelFeed extends AsyncDisposable {
  /** Grows by one with everything that happens to the feed. */
  readonly version: number;
  /** The next changes after a position, from the store if the feed does not reach back that far. */
  after(position: string): Promise<readonly Change[]>;
  /** Resolves when something has happened since `version`, or when the signal is aborted. */
  changed(version: number, signal: AbortSignal): Promise<void>;
}

/**
 * A watcher has a position and no buffer. One that is slow reads from the store's stream instead, and is refused when its
 * position is no longer in that either.
 */
export function startLevelFeed({ levels, waitForChange, log }: LevelFeedOptions): LevelFeed {
  const stopped = new AbortController();
  const waiting = new Set<() => void>();
  let recent: readonly Change[] = [];
  let start: string | undefined;
  let end = "";
  let version = 0;

  function announce(): void {
    version++;
    for (const wake of [...waiting]) wake();
  }

  function take(changes: readonly Change[]): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    end = last.position;
    recent = [...recent, ...changes];
    if (recent.length > MOST_RECENT) {
      start = recent.at(-MOST_RECENT / 2 - 1)?.position;
      recent = recent.slice(-MOST_RECENT / 2);
    }
    announce();
  }

  async function startOver(): Promise<void> {
    const position = await levels.position();
    start = position;
    end = position;
    recent = [];
    announce();
  }

  async function catchUp(): Promise<void> {
    if (start === undefined) return startOver();
    try {
      for (let full = true; full; ) {
        const changes = await levels.changes({ after: end, limit: BATCH });
        take(changes);
        full = changes.length === BATCH;
      }
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== ErrorReason.RESUME_TOKEN_EXPIRED) throw error;
      await startOver();
    }
  }

  async function follow(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await catchUp();
        await waitForChange(end);
      } catch (err) {
        if (stopped.signal.aborted) return;
        if (!isStoreAway(err))
          log.error({ event: "feed", err }, "changes of stock cannot be followed; trying again");
        await sleep(RETRY_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      }
    }
  }

  const following = follow();

  return {
    get version() {
      return version;
    },

    async after(position) {
      const covered =
        start !== undefined && comparePositions(position, start) >= 0 && comparePositions(position, end) <= 0;
      if (!covered) return levels.changes({ after: position, limit: BATCH });
      const from = recent.findLastIndex((change) => comparePositions(change.position, position) <= 0) + 1;
      return recent.slice(from);
    },

    changed(since, signal) {
      return new Promise((resolve, reject) => {
        if (stopped.signal.aborted) return reject(stopping());
        if (version !== since || signal.aborted) return resolve();
        const wake = () => {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          if (stopped.signal.aborted) reject(stopping());
          else resolve();
        };
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      });
    },

    async [Symbol.asyncDispose]() {
      stopped.abort();
      announce();
      await following;
    },
  };
}

function stopping(): StatusError {
  return new StatusError(
    ErrorReason.SERVICE_UNAVAILABLE,
    "the service is stopping; watch again with the resume token",
  );
}
