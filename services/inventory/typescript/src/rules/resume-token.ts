import { decodePageToken, ErrorReason, encodePageToken, StatusError } from "@theseus/kit";

/** How far a watcher has got. */
export interface WatchCursor {
  /** The levels that the watcher has are as of this position in the order of changes. Absent before the first level. */
  readonly position?: string;
  /** The last item whose first level the watcher has. Absent when it has them all. */
  readonly item?: string;
}

const POSITION = /^[0-9]{1,15}-[0-9]{1,15}$/;
const ITEM = /^[a-z0-9-]{1,64}$/;

/** A token for a watch of some items, or of all when none are given; their order does not matter. */
export function encodeResumeToken(items: readonly string[], { position = "", item }: WatchCursor): string {
  return encodePageToken(bound(items), item === undefined ? [position] : [position, item]);
}

/** Throws RESUME_TOKEN_INVALID for a token that is damaged or made for other items. */
export function decodeResumeToken(items: readonly string[], token: string): WatchCursor {
  if (token === "") return { item: "" };
  const [position, item, ...rest] = parts(items, token);
  if (position === undefined || !POSITION.test(position) || rest.length > 0) throw invalid();
  if (item === undefined) return { position };
  if (!ITEM.test(item)) throw invalid();
  return { position, item };
}

function parts(items: readonly string[], token: string): readonly string[] {
  try {
    return decodePageToken(bound(items), token);
  } catch (cause) {
    throw invalid(cause);
  }
}

function bound(items: readonly string[]): readonly string[] {
  return ["WatchStock", ...[...items].sort()];
}

function invalid(cause?: unknown): StatusError {
  return new StatusError(ErrorReason.RESUME_TOKEN_INVALID, "resume_token does not belong to this watch", {
    cause,
    violations: [
      {
        field: "resume_token",
        rule: "resume_token",
        message: "must be a resume_token of a watch of the same items",
      },
    ],
  });
}
