import { Metadata, type StatusObject } from "@grpc/grpc-js";
import type { Status } from "@theseus/contract/google/rpc/status.js";
import type { MethodPolicy } from "../contract/method-policy.js";
import { ErrorReason, reasonName } from "../contract/reason-rule.js";
import { encodeStatus, packDetails, STATUS_DETAILS, type StatusParts } from "../contract/status-details.js";
import { StatusError } from "./status-error.js";

/** Reasons of a called peer that hold for our caller too: they pass even where the method does not declare them. */
const PASSED_ON: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.SERVICE_UNAVAILABLE,
  ErrorReason.DEADLINE_EXCEEDED,
  ErrorReason.RATE_LIMITED,
]);

/**
 * Turns what a handler threw into the answer. A StatusError whose reason the method may answer goes out as it is;
 * everything else goes out as INTERNAL, with the original as cause. A refusal that a called peer gave us goes on to our
 * caller only when the method declares its reason, or when it is a passing fault.
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
  const { code, message } = error;
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS, Buffer.from(encodeStatus(statusParts(error))));
  return { code, details: message, metadata };
}

/**
 * A StatusError as a field of an answer, for a call that refuses one thing of many and goes on: code, text and details are
 * those with which a call fails.
 */
export function toStatusMessage(error: StatusError): Status {
  const { code, message } = error;
  const packed = packDetails(statusParts(error));
  return {
    code,
    message,
    details: packed.map(({ typeUrl, value }) => ({ typeUrl, value: Buffer.from(value) })),
  };
}

function statusParts({ code, message, reason, details }: StatusError): StatusParts {
  return { code, message, reason: reasonName(reason), ...details };
}

function hidden(cause: unknown): StatusError {
  return new StatusError(ErrorReason.INTERNAL, "internal error", { cause });
}
