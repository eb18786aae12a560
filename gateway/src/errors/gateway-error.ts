import { Code, type Violation } from "@theseus/kit/contract";

/** The reasons that the gateway gives itself, with the gRPC code and the HTTP status of each. */
export const GATEWAY_REASONS = {
  REQUEST_MALFORMED: { code: Code.INVALID_ARGUMENT, http: 400 },
  TOKEN_MISSING: { code: Code.UNAUTHENTICATED, http: 401 },
  RATE_LIMITED: { code: Code.RESOURCE_EXHAUSTED, http: 429 },
  REQUEST_TOO_LARGE: { code: Code.RESOURCE_EXHAUSTED, http: 413 },
  ROUTE_NOT_FOUND: { code: Code.NOT_FOUND, http: 404 },
  METHOD_NOT_ALLOWED: { code: Code.UNIMPLEMENTED, http: 405 },
  MEDIA_TYPE_UNSUPPORTED: { code: Code.INVALID_ARGUMENT, http: 415 },
  NOT_ACCEPTABLE: { code: Code.INVALID_ARGUMENT, http: 406 },
  SERVICE_UNAVAILABLE: { code: Code.UNAVAILABLE, http: 503 },
  DEADLINE_EXCEEDED: { code: Code.DEADLINE_EXCEEDED, http: 504 },
  CANCELLED: { code: Code.CANCELLED, http: 499 },
  INTERNAL: { code: Code.INTERNAL, http: 500 },
} as const;

export type GatewayReason = keyof typeof GATEWAY_REASONS;

/** True for one of the gateway's own reasons. */
export function isGatewayReason(reason: string | undefined): reason is GatewayReason {
  return reason !== undefined && Object.hasOwn(GATEWAY_REASONS, reason);
}

export interface GatewayErrorOptions {
  /** Their fields are paths in JSON names, `lines[2].unitPrice`, or the name of a header. */
  readonly violations?: readonly Violation[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** After how long the same request may succeed, in ms. Default: unknown. */
  readonly retryAfterMs?: number | undefined;
  /** Instead of the reason's. */
  readonly httpStatus?: number;
  readonly cause?: unknown;
}

/** An error that the gateway answers with by itself. The message is written for the client. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly reason: GatewayReason;
  readonly violations: readonly Violation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly httpStatus: number;

  constructor(reason: GatewayReason, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.violations = options.violations ?? [];
    this.metadata = options.metadata ?? {};
    this.headers = options.headers ?? {};
    this.retryAfterMs = options.retryAfterMs;
    this.httpStatus = options.httpStatus ?? GATEWAY_REASONS[reason].http;
  }
}

/** REQUEST_MALFORMED with all violations; the first one is the message. */
export function malformed(violations: readonly Violation[]): GatewayError {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  return new GatewayError("REQUEST_MALFORMED", `${first?.field}: ${first?.message}${more}`, { violations });
}
