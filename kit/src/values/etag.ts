import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";

/** Throws ETAG_MISMATCH unless `given` is absent (empty or undefined) or equal to the resource's etag (AIP-154). */
export function assertEtag(given: string | undefined, actual: string): void {
  if (given === undefined || given === "" || given === actual) return;
  throw new StatusError(ErrorReason.ETAG_MISMATCH, "the resource has changed since its etag was read");
}
