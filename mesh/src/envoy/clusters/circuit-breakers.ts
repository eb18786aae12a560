import type { Message } from "../message.js";

export interface Limits {
  readonly connections: number;
  /** Calls that wait for a connection. */
  readonly pending: number;
  /** Calls in flight. */
  readonly requests: number;
}

/** Streams that are open at a time, over as many connections as they need. */
const streamLimits: Limits = { connections: 4096, pending: 1024, requests: 4096 };

/**
 * Refuses what a peer could not serve in time anyway. Streams have limits of their own (see `priorityOf`). Retries may add
 * a fifth to the load; three at a time are always allowed.
 */
export function circuitBreakers(limits: Limits): Message {
  return { thresholds: [threshold("DEFAULT", limits), threshold("HIGH", streamLimits)] };
}

function threshold(priority: "DEFAULT" | "HIGH", { connections, pending, requests }: Limits): Message {
  return {
    priority,
    max_connections: connections,
    max_pending_requests: pending,
    max_requests: requests,
    retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 },
    track_remaining: true,
  };
}
