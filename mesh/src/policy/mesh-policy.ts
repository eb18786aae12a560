/** What the end user's token must say: see `theseus.mesh.v1`. */
export type Auth = "PUBLIC" | "USER" | "ADMIN" | "NONE";

/** The protobuf `idempotency_level`. */
export type Idempotency = "no-side-effects" | "idempotent" | "unset";

export interface AllowRule {
  /** A workload's name. */
  readonly caller: string;
  readonly auth: Auth;
}

export interface RateLimit {
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface MethodPolicy {
  /** `/package.Service/Method`, as on the wire. */
  readonly path: string;
  readonly service: string;
  readonly method: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  readonly timeoutMs: number;
  readonly idempotency: Idempotency;
  readonly allow: readonly AllowRule[];
  readonly rate?: RateLimit;
  readonly maxRequestBytes: number;
  /** Reasons that the method declares besides the common ones. */
  readonly errors: readonly string[];
}

/** How an error reason appears on the wire. */
export interface ReasonRule {
  readonly reason: string;
  /** Numeric gRPC status. */
  readonly code: number;
  /** Allowed on every method. */
  readonly common: boolean;
  readonly retryAfterMs?: number;
}

export interface MeshPolicy {
  readonly methods: readonly MethodPolicy[];
  readonly reasons: readonly ReasonRule[];
}
