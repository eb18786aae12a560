import type { JsonAnswer } from "../answer/write-json.js";
import type { Upstream } from "../upstream/upstream.js";

/** Something that the gateway answers itself. */
export type Endpoint = () => Promise<JsonAnswer>;

/** Endpoints by path; a route of the contract comes before them. */
export type Endpoints = ReadonlyMap<string, Endpoint>;

const READY_MS = 1000;

/** `/healthz`: the process answers. `/readyz`: it takes requests and reaches its upstream. `/openapi.json`. */
export function createEndpoints(upstream: Upstream, stopping: AbortSignal, openapi: string): Endpoints {
  const ready = async (): Promise<JsonAnswer> => {
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
