import { fingerprint } from "./fingerprint.js";
import { decodeNetstrings, encodeNetstrings } from "./netstring.js";

const VERSION = "1";

/**
 * An opaque token that says where something goes on. `bound` is what it belongs to (the method, and those fields of a
 * request that must stay the same), `cursor` the place.
 */
export function encodeBoundToken(bound: readonly string[], cursor: readonly string[]): string {
  return encodeNetstrings([VERSION, binding(bound), ...cursor]).toString("base64url");
}

/**
 * The cursor in a token; undefined for a token that is damaged or belongs to something else, or whose cursor has not one
 * part for each pattern of `shape`, like it. Without `shape` any cursor will do.
 */
export function decodeBoundToken(
  bound: readonly string[],
  token: string,
  shape?: readonly RegExp[],
): string[] | undefined {
  const bytes = Buffer.from(token, "base64url");
  const parts = bytes.toString("base64url") === token ? decodeNetstrings(bytes) : undefined;
  const [version, boundTo, ...cursor] = parts ?? [];
  return version === VERSION && boundTo === binding(bound) && hasShape(cursor, shape) ? cursor : undefined;
}

function hasShape(cursor: readonly string[], shape: readonly RegExp[] | undefined): boolean {
  if (shape === undefined) return true;
  return cursor.length === shape.length && shape.every((pattern, index) => pattern.test(cursor[index] ?? ""));
}

function binding(bound: readonly string[]): string {
  return fingerprint(bound).slice(0, 16);
}
