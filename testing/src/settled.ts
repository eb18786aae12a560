import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { eventually } from "./eventually.js";

export interface SettledOptions {
  /** So many turns of the event loop without a change. Default 200. */
  readonly turns?: number;
  /** Longest wait. Default 30 s. */
  readonly withinMs?: number;
}

/**
 * Waits until nothing changes any more in what is seen, and gives that: for both sides of a socket in this process. What
 * they have for each other is read and written in the next turn of the event loop, however busy the machine is, so turns
 * without a change tell that both wait. What comes of a timer or of another process is not waited for.
 *
 * @example await settled("the writer waits for its reader", () => written);
 */
export async function settled<Seen>(
  what: string,
  look: () => Seen,
  options: SettledOptions = {},
): Promise<Seen> {
  const { turns = 200, ...limit } = options;
  const round = async () => {
    const first = look();
    for (let turn = 0; turn < turns; turn++) {
      await nextTurn();
      const now = look();
      if (!isDeepStrictEqual(now, first)) return { changed: { from: first, to: now } };
    }
    return { same: first };
  };
  const seen = await eventually(what, round, { ...limit, everyMs: 0, until: (each) => "same" in each });
  return seen.same as Seen;
}
