import type { Redis } from "ioredis";
import { type Change, fromChangeReply, fromLevelReply, type Level } from "../rules/stock-level.js";
import { toStoreFault } from "./redis-connection.js";
import { texts } from "./reply-values.js";
import type { RunScript } from "./scripts.js";

const STREAM = "inventory:levels";
const WAIT_MS = 2000;

/** Levels as of one position in the order of changes. */
export interface Snapshot {
  readonly position: string;
  readonly levels: readonly Level[];
}

export interface ChangeRange {
  readonly after: string;
  /** The last position to read; absent to read to the end. */
  readonly until?: string;
  readonly limit: number;
}

export type LevelStore = ReturnType<typeof createLevelStore>;

/** Levels of stock in Redis and their changes, as storage.md describes them. */
export function createLevelStore(run: RunScript) {
  async function snapshot(args: readonly string[]): Promise<Snapshot> {
    const [position, ...rows] = (await run("snapshot-levels", args)).values;
    return { position: String(position), levels: rows.map((row) => fromLevelReply(texts(row))) };
  }

  return {
    /** The current end of the order of changes. */
    async position(): Promise<string> {
      return (await snapshot(["", "0"])).position;
    },

    /** Levels of the items after an id, in the order of items. */
    levelsAfter(item: string, limit: number): Promise<Snapshot> {
      return snapshot([item, String(limit)]);
    },

    /** Levels of these items, as far as they exist. */
    levelsOf(items: readonly string[]): Promise<Snapshot> {
      return snapshot(["", "", ...items]);
    },

    /** Changes in their order. Throws RESUME_TOKEN_EXPIRED when some after the position may have been trimmed. */
    async changes({ after, until = "+", limit }: ChangeRange): Promise<readonly Change[]> {
      const reply = await run("read-changes", [after, until, String(limit)]);
      return reply.values.map((row) => fromChangeReply(texts(row)));
    },
  };
}

/**
 * Resolves when there is a change after a position, or after a while without one.
 *
 * @param redis gives the connection that is to be used now
 */
export function waitForChange(redis: () => Redis): (position: string) => Promise<void> {
  return async (position) => {
    try {
      await redis().xread("COUNT", 1, "BLOCK", WAIT_MS, "STREAMS", STREAM, position);
    } catch (error) {
      throw toStoreFault(error);
    }
  };
}
