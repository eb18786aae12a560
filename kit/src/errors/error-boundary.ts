import { Metadata, type StatusObject } from "@grpc/grpc-js";
import type { MethodPolicy } from "../contract/method-policy.js";
import { ErrorReason, reasonName } from "../contract/reason-rule.js";
import { encodeStatus, STATUS_DETAILS } from "../contract/status-details.js";
import { StatusError } from "./status-error.js";

/** What a peer may say that is true for this call's caller too, without the method declaring it. */
const PASSED_ON: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.SERVICE_UNAVAILABLE,
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.RATE_LIMITED,
]);

/**
 * What goes out for something that was thrown: a StatusError that the method may answer, as it is; everything else
 * as INTERNAL, with the original as cause. A peer's refusal of our call is not our refusal of the caller's: of those
 * only declared reasons and passing faults go on.
 */
export function toAnswer(thrown: unknown, policy: MethodPolicy): StatusError {
  const error = StatusError.from(thrown);
  if (error.reason === ErrorReason.INTERNAL)
    return error.cause === undefined ? hidden(error) : hidden(error.cause);
  const allowed = error.remote
    ? policy.declares(error.reason) || PASSED_ON.has(error.reason)
    : policy.mayAnswer(error.reason);
  return allowed ? error : hidden(error);
}

/** A StatusError as a gRPC status with its details in the trailers. */
export function toStatusObject(error: StatusError): StatusObject {
  const { code, message, details } = error;
  const metadata = new Metadata();
  const status = encodeStatus({ code, message, reason: reasonName(error.reason), ...details });
  metadata.set(STATUS_DETAILS, Buffer.from(status));
  return { code, details: message, metadata };
}

function hidden(cause: unknown): StatusError {
  return new StatusError(ErrorReason.INTERNAL, "internal error", { cause });
}
