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

/** Share of the calls under way that may be repeated, in percent, and how many may be whatever the share is. */
interface RetryBudget {
  readonly percent: number;
  readonly always: number;
}

/**
 * Retries may add a fifth to the load of a peer. Calls that wait for its only instance to be started anew are such retries
 * too: as many as wait with a pause of half a second cost a peer little.
 */
const peerRetries: RetryBudget = { percent: 20, always: 128 };

/** Refuses what a peer could not serve in time anyway. Streams have limits of their own (see `priorityOf`). */
export function circuitBreakers(limits: Limits): Message {
  return thresholds(limits, peerRetries);
}

/** Every call may wait for the application: a socket that does not take it has no load. */
export function applicationBreakers(limits: Limits): Message {
  return thresholds(limits, { percent: 100, always: limits.requests });
}

function thresholds(limits: Limits, retries: RetryBudget): Message {
  return { thresholds: [threshold("DEFAULT", limits, retries), threshold("HIGH", streamLimits, retries)] };
}

function threshold(
  priority: "DEFAULT" | "HIGH",
  { connections, pending, requests }: Limits,
  { percent, always }: RetryBudget,
): Message {
  return {
    priority,
    max_connections: connections,
    max_pending_requests: pending,
    max_requests: requests,
    retry_budget: { budget_percent: { value: percent }, min_retry_concurrency: always },
    track_remaining: true,
  };
}
