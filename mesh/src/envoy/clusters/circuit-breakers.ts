import type { Message } from "../message.js";

export interface Limits {
  readonly connections: number;
  /** Calls that wait for a connection. */
  readonly pending: number;
  /** Calls in flight, open streams included. */
  readonly requests: number;
}

/** Refuses what a peer could not serve in time anyway. Retries may add a fifth to the load; three at a time are always allowed. */
export function circuitBreakers({ connections, pending, requests }: Limits): Message {
  return {
    thresholds: [
      {
        max_connections: connections,
        max_pending_requests: pending,
        max_requests: requests,
        retry_budget: { budget_percent: { value: 20 }, min_retry_concurrency: 3 },
        track_remaining: true,
      },
    ],
  };
}
