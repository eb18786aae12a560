import type { ServiceError } from "@grpc/grpc-js";
import { type Code, ErrorReason, reasonNamed, reasonOfCode, ruleOf } from "../contract/reason-rule.js";
import { ERROR_DOMAIN, readDetails, readStatusTrailer, type Violation } from "../contract/status-details.js";
import { isCutOff, isServiceError } from "./service-error.js";

/** What a status says besides code, reason and text. */
export interface ErrorDetails {
  /** `google.rpc.ErrorInfo.metadata`: what a program needs to go on, for example which item is short. */
  readonly metadata: Readonly<Record<string, string>>;
  /** `google.rpc.BadRequest`. */
  readonly violations: readonly Violation[];
  /** `google.rpc.RetryInfo` in ms; undefined when repeating the call does not help. */
  readonly retryAfterMs: number | undefined;
}

/** The optional parts of a StatusError. */
export interface StatusErrorOptions extends Partial<ErrorDetails> {
  /** What it came from. It is logged where the error is, and never sent. */
  readonly cause?: unknown;
}

/**
 * A refusal that a caller gets to see: a reason of the contract, which fixes the status code, and a text that is
 * written for the caller. Anything else that is thrown goes out as INTERNAL with a fixed text.
 *
 * @example throw new StatusError(ErrorReason.ITEM_NOT_FOUND, "there is no such item", { metadata: { item } });
 */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly code: Code;
  readonly reason: ErrorReason;
  readonly details: ErrorDetails;
  /** True for the answer of a peer that was called: its reason speaks of that call, not of this one. */
  readonly remote: boolean = false;

  constructor(reason: ErrorReason, message: string, options: StatusErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    const rule = ruleOf(reason);
    this.code = rule.code;
    this.reason = reason;
    this.details = {
      metadata: options.metadata ?? {},
      violations: options.violations ?? [],
      retryAfterMs: options.retryAfterMs ?? rule.retryAfterMs,
    };
  }

  /**
   * Anything that was thrown, as a StatusError: itself; a gRPC status with the details it carries; a call that ended
   * without a status as SERVICE_UNAVAILABLE; an aborted signal as CANCELLED, one that timed out as DEADLINE_EXCEEDED; everything else as INTERNAL with the original
   * as cause and nothing of its text.
   */
  static from(thrown: unknown): StatusError {
    if (thrown instanceof StatusError) return thrown;
    if (isServiceError(thrown)) return isCutOff(thrown) ? fromCutOff(thrown) : fromServiceError(thrown);
    if (thrown instanceof Error && thrown.name === "TimeoutError") {
      return new StatusError(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed", { cause: thrown });
    }
    if (thrown instanceof Error && thrown.name === "AbortError") {
      return new StatusError(ErrorReason.CANCELLED, "the call was cancelled", { cause: thrown });
    }
    return new StatusError(ErrorReason.INTERNAL, "internal error", { cause: thrown });
  }
}

function fromCutOff(failure: ServiceError): StatusError {
  const text = "the connection to a service was lost during the call";
  const error = new StatusError(ErrorReason.SERVICE_UNAVAILABLE, text, { cause: failure });
  return Object.assign(error, { remote: true });
}

/**
 * The status of a peer: its own code stands, even where the reason is one that this contract does not know. A reason of the
 * contract counts with the code that the contract gives it, in the status and in its details, and with no other.
 */
function fromServiceError(failure: ServiceError): StatusError {
  const { code, details } = readStatusTrailer(failure.metadata);
  const { reason: name, domain, metadata, violations, retryAfterMs } = readDetails(details ?? []);
  const named = name !== undefined && domain === ERROR_DOMAIN ? reasonNamed(name) : undefined;
  const fits = named !== undefined && ruleOf(named).code === failure.code && code === failure.code;
  const known = fits ? named : undefined;
  const error = new StatusError(known ?? reasonOfCode(failure.code), failure.details, {
    metadata,
    ...(violations && { violations }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: failure,
  });
  return Object.assign(error, { code: failure.code, remote: true });
}
