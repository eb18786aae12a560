import type { Code, Rate, Way } from "@theseus/kit/contract";

/** The protobuf `idempotency_level`. */
export type Idempotency = "no-side-effects" | "idempotent" | "unset";

/** What the contract says about one method, as plain data. */
export interface MethodPolicy {
  /** `/package.Service/Method`, as on the wire. */
  readonly path: string;
  readonly service: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  readonly timeoutMs: number;
  readonly idempotency: Idempotency;
  readonly allow: readonly Way[];
  readonly rate?: Rate;
  readonly maxRequestBytes: number;
}

/** How an error reason appears on the wire. */
export interface ReasonPolicy {
  readonly reason: string;
  readonly code: Code;
  /** Allowed on every method. */
  readonly common: boolean;
  readonly retryAfterMs?: number;
}

export interface MeshPolicy {
  readonly methods: readonly MethodPolicy[];
  readonly reasons: readonly ReasonPolicy[];
}
