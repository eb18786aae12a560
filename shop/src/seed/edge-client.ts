import { setTimeout as sleep } from "node:timers/promises";
import { Fault, localRequest } from "@theseus/runtime/control";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface EdgeCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** Idempotency key: the call may be repeated. */
  readonly key?: string;
  readonly token?: string;
}

export interface EdgeClientOptions {
  /** How long a call is repeated that could not be answered. Default 2 min. */
  readonly patienceMs?: number;
  /** Pause before it is repeated, where the answer asks for none. Default 1 s. */
  readonly pauseMs?: number;
  /** Default `Date.now`. */
  readonly now?: () => number;
  /** The address of this machine from which calls come. */
  readonly from?: string;
  /** Ends the patience. */
  readonly signal?: AbortSignal;
}

/** Rate limited, unavailable, too late: the same call may be answered later. A busy machine is slow, not broken. */
const temporary = [429, 503, 504];

/** A client of the shop's own edge. Every call of it can be repeated without harm, and is while the shop is too busy. */
export function createEdgeClient(
  http: string,
  { patienceMs = 120_000, pauseMs = 1_000, now = Date.now, from, signal }: EdgeClientOptions = {},
): (call: EdgeCall) => Promise<Answer> {
  const port = Number(new URL(http).port);
  return async (call) => {
    const deadline = now() + patienceMs;
    for (;;) {
      const response = await callOnce(port, call, from).catch((error: Error) => error);
      const answered = !(response instanceof Error);
      if (answered && !temporary.includes(response.status)) {
        return { status: response.status, body: parse(response.body) };
      }
      const asked = answered ? Number(response.headers["retry-after"]) * 1_000 : Number.NaN;
      const pause = asked > 0 ? asked : pauseMs;
      if (now() + pause > deadline) {
        if (answered) return { status: response.status, body: parse(response.body) };
        throw unanswered(http, response);
      }
      await sleep(pause, undefined, { signal });
    }
  };
}

/** What an answer says of its fault: ` (REASON: message)`, or nothing. */
export function faultOf({ body }: Answer): string {
  const { reason, message } = (body.error ?? body) as { reason?: unknown; message?: unknown };
  const said = [reason, message].filter((part) => typeof part === "string").join(": ");
  return said === "" ? "" : ` (${said})`;
}

function callOnce(port: number, { method, path, body, key, token }: EdgeCall, from: string | undefined) {
  const headers = {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(key === undefined ? {} : { "idempotency-key": key }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const source = from === undefined ? {} : { from };
  return localRequest({ at: { port }, method, path, headers, ...text, ...source });
}

function unanswered(http: string, error: Error): Fault {
  return new Fault(
    `The shop does not answer at ${http}: ${error.message}.`,
    "theseus status shows what runs; see theseus logs gateway-1.",
    { cause: error },
  );
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
