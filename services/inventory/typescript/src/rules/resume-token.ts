import { decodeResumeToken, encodeResumeToken, RESOURCE_ID, type Watch } from "@theseus/kit";

/** How far a watcher has got. */
export interface WatchCursor {
  /** The levels that the watcher has are as of this position in the order of changes. Absent before the first level. */
  readonly position?: string;
  /** The last item whose first level the watcher has. Absent when it has them all. */
  readonly item?: string;
}

const POSITION = /^[0-9]{1,15}-[0-9]{1,15}$/;
const CURSORS = [[POSITION], [POSITION, RESOURCE_ID]];

/** A token for a watch of some items, or of all when none are given; their order does not matter. */
export function toResumeToken(items: readonly string[], { position = "", item }: WatchCursor): string {
  return encodeResumeToken(watchOf(items), item === undefined ? [position] : [position, item]);
}

/** Throws RESUME_TOKEN_INVALID for a token that is damaged or made for other items. */
export function fromResumeToken(items: readonly string[], token: string): WatchCursor {
  if (token === "") return { item: "" };
  const [position = "", item] = decodeResumeToken(watchOf(items), token, CURSORS);
  return item === undefined ? { position } : { position, item };
}

function watchOf(items: readonly string[]): Watch {
  return { bound: ["WatchStock", ...[...items].sort()], of: "the same items" };
}
