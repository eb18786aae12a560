import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { decodeBoundToken, encodeBoundToken } from "./bound-token.js";

/** The watch that resume tokens belong to. */
export interface Watch {
  /** The method and what it watches. */
  readonly bound: readonly string[];
  /** What a token is of, for people: `the same items`. */
  readonly of: string;
}

/** A token with which a watch goes on; `cursor` says after what. */
export function encodeResumeToken({ bound }: Watch, cursor: readonly string[]): string {
  return encodeBoundToken(bound, cursor);
}

/**
 * The cursor in a token. Throws RESUME_TOKEN_INVALID for a token that is damaged or of another watch, or whose cursor is of
 * none of the `shapes`: one part for each pattern, like it.
 */
export function decodeResumeToken(
  watch: Watch,
  token: string,
  shapes: readonly (readonly RegExp[])[],
): readonly string[] {
  for (const shape of shapes) {
    const cursor = decodeBoundToken(watch.bound, token, shape);
    if (cursor !== undefined) return cursor;
  }
  throw resumeTokenInvalid(watch);
}

/** A token that is not of this watch, or of a place that it has not come to. */
export function resumeTokenInvalid(watch: Watch): StatusError {
  const message = `must be a resume_token of a watch of ${watch.of}`;
  return new StatusError(ErrorReason.RESUME_TOKEN_INVALID, "resume_token does not belong to this watch", {
    violations: [{ field: "resume_token", rule: "resume_token", message }],
  });
}
