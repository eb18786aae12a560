import type { Upstream } from "../upstream/upstream.js";

/** An answer of the gateway's own. */
export interface EndpointAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** Paths that the gateway answers itself, unless a route of the contract takes them. */
export type Endpoints = ReadonlyMap<string, () => Promise<EndpointAnswer>>;

const READY_MS = 1000;

/** `/healthz`: the process answers. `/readyz`: it takes requests and reaches its upstream. `/openapi.json`. */
export function createEndpoints(upstream: Upstream, stopping: AbortSignal, openapi: string): Endpoints {
  const ready = async (): Promise<EndpointAnswer> => {
    if (stopping.aborted) return { status: 503, body: '{"status":"STOPPING"}' };
    const reached = await upstream.reachable(READY_MS);
    return reached
      ? { status: 200, body: '{"status":"READY"}' }
      : { status: 503, body: '{"status":"UPSTREAM_UNREACHABLE"}' };
  };
  return new Map([
    ["/healthz", async () => ({ status: 200, body: '{"status":"ALIVE"}' })],
    ["/readyz", ready],
    ["/openapi.json", async () => ({ status: 200, body: openapi })],
  ]);
}
