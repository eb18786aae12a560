import { status as Code } from "@grpc/grpc-js";

/** What the gateway itself refuses or fails at: the gRPC code and HTTP status that go with each reason. */
export const REFUSALS = {
  VALIDATION_FAILED: { code: Code.INVALID_ARGUMENT, http: 400 },
  REQUEST_MALFORMED: { code: Code.INVALID_ARGUMENT, http: 400 },
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

export type Refusal = keyof typeof REFUSALS;

/** One part of a request that is not as it must be. */
export interface Violation {
  /** Path in JSON names, `lines[2].unitPrice`; for a header its name. */
  readonly field: string;
  readonly rule: string;
  /** For people; never the value itself. */
  readonly message: string;
}

export interface GatewayErrorOptions {
  readonly violations?: readonly Violation[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the reason's. */
  readonly httpStatus?: number;
  readonly cause?: unknown;
}

/** A request that ends at the gateway. The message is written for the client. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly reason: Refusal;
  readonly violations: readonly Violation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly httpStatus: number;

  constructor(reason: Refusal, message: string, options: GatewayErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.violations = options.violations ?? [];
    this.metadata = options.metadata ?? {};
    this.headers = options.headers ?? {};
    this.httpStatus = options.httpStatus ?? REFUSALS[reason].http;
  }
}

/** REQUEST_MALFORMED that names each faulty part; the first one is the message. */
export function malformed(violations: readonly Violation[]): GatewayError {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  return new GatewayError("REQUEST_MALFORMED", `${first?.field}: ${first?.message}${more}`, { violations });
}
