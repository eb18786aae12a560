import type { Code, Rate, Segment, Way } from "@theseus/kit/contract";

/** The protobuf `idempotency_level`. */
export type Idempotency = "no-side-effects" | "idempotent" | "unset";

/** Requests over HTTP that are for a method, by google.api.http. */
export interface HttpBinding {
  /** In capitals; `*` for any. */
  readonly httpMethod: string;
  readonly segments: readonly Segment[];
  readonly verb?: string;
}

/** What holds for one method, by its contract and by what a deployment asks beyond it, as plain data. */
export interface MethodPolicy {
  /** `/package.Service/Method`, as on the wire. */
  readonly path: string;
  readonly service: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  readonly http: readonly HttpBinding[];
  readonly timeoutMs: number;
  readonly idempotency: Idempotency;
  /** Workloads whose sidecars know the way to it: those that the contract lets in. */
  readonly callers: readonly string[];
  /** Who is let in, and with what proof; empty: nobody. */
  readonly allow: readonly Way[];
  readonly rate?: Rate;
  readonly maxRequestBytes: number;
  /** True for a size that only the sidecar knows: the application measures by its contract. */
  readonly isSizeOfOverlay: boolean;
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
