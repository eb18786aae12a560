import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { decodeBoundToken, encodeBoundToken } from "./bound-token.js";

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 200;

/**
 * A token for the next page. `bound` are the request's fields that must stay the same from page to page (method,
 * parent, filter, whose list it is; not the size), `cursor` says where the next page starts.
 */
export function encodePageToken(bound: readonly string[], cursor: readonly string[]): string {
  return encodeBoundToken(bound, cursor);
}

/**
 * The cursor in a token. Throws PAGE_TOKEN_INVALID for a token that is damaged or made for other `bound` fields, or
 * whose cursor has not one part for each pattern of `shape`, like it; without `shape` any cursor will do.
 */
export function decodePageToken(
  bound: readonly string[],
  token: string,
  shape?: readonly RegExp[],
): string[] {
  const cursor = decodeBoundToken(bound, token, shape);
  if (cursor !== undefined) return cursor;
  const message = "must be the next_page_token of the same request";
  throw new StatusError(ErrorReason.PAGE_TOKEN_INVALID, "page_token does not belong to this request", {
    violations: [{ field: "page_token", rule: "page_token", message }],
  });
}

/** How many rows to answer for a request's `page_size`: 0 means 50, more than 200 means 200 (AIP-158). */
export function pageSize(asked: number): number {
  return asked === 0 ? DEFAULT_SIZE : Math.min(asked, LARGEST_SIZE);
}
