import { createHash } from "node:crypto";
import { encodeNetstrings } from "./netstring.js";

/**
 * What a request says, as 64 hex digits: SHA-256 over the netstrings of its fields. Every language computes the
 * same, so that a request id used with one implementation is recognised by another.
 */
export function fingerprint(fields: readonly string[]): string {
  return createHash("sha256").update(encodeNetstrings(fields)).digest("hex");
}
