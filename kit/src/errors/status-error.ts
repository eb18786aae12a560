import { type Code, ErrorReason, reasonOfCode, ruleOf } from "../contract/reason-rule.js";
import { isServiceError, readStatusDetails, type ServiceFailure } from "./status-details.js";

/** One field of a request that is not as it must be. */
export interface Violation {
  /** Path in the request, in the contract's spelling: `user.email`, `lines[2].quantity`. */
  readonly field: string;
  /** Id of the broken rule: `string.email`, `required`. */
  readonly rule: string;
  /** What is wrong, for people. Never the value itself. */
  readonly message: string;
}

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
   * Anything that was thrown, as a StatusError: itself; a gRPC status with the details it carries; an aborted
   * signal as CANCELLED, one that timed out as DEADLINE_EXCEEDED; everything else as INTERNAL with the original
   * as cause and nothing of its text.
   */
  static from(thrown: unknown): StatusError {
    if (thrown instanceof StatusError) return thrown;
    if (isServiceError(thrown)) return fromServiceError(thrown);
    if (thrown instanceof Error && thrown.name === "TimeoutError") {
      return new StatusError(ErrorReason.DEADLINE_EXCEEDED, "the deadline has passed", { cause: thrown });
    }
    if (thrown instanceof Error && thrown.name === "AbortError") {
      return new StatusError(ErrorReason.CANCELLED, "the call was cancelled", { cause: thrown });
    }
    return new StatusError(ErrorReason.INTERNAL, "internal error", { cause: thrown });
  }
}

/** The status of a peer: its own code stands, even where the reason is one that this contract does not know. */
function fromServiceError(failure: ServiceFailure): StatusError {
  const { reason = reasonOfCode(failure.code), ...details } = readStatusDetails(failure.metadata);
  const error = new StatusError(reason, failure.details, { ...details, cause: failure });
  return Object.assign(error, { code: failure.code, remote: true });
}
