import { setTimeout as sleep } from "node:timers/promises";
import { brokenBy, reasonIn } from "@theseus/runtime/load";
import type { CallOptions, HttpClient, Token } from "../../test/system/http-client.js";

/**
 * What a client knows after a call: it was done, it was refused for good, the shop could not do it now, or nothing (no answer
 * came, or one that does not tell what happened).
 */
export type Outcome = "acknowledged" | "refused" | "failed" | "unknown";

export interface Reply {
  readonly outcome: Outcome;
  /** 0 without an answer. */
  readonly status: number;
  /** Of a refusal or a failure: the contract's reason, or how the connection broke. */
  readonly reason: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes
  readonly body: any;
  /** Both on the clock of `performance.now()`. */
  readonly beganMs: number;
  readonly endedMs: number;
}

export interface EdgeCall extends CallOptions {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** When the client gives up. Default 15 s, above every method's own time. */
  readonly patienceMs?: number;
}

/** Asks once, and never rejects. */
export async function ask(http: HttpClient, call: EdgeCall): Promise<Reply> {
  const { method, path, body, patienceMs = 15_000, ...options } = call;
  const beganMs = performance.now();
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await http.send(method, path, text, { ...options, signal });
    const { status } = answer;
    const reason = status < 300 ? "" : reasonIn(answer.body);
    return {
      outcome: outcomeOf(status),
      status,
      reason,
      body: answer.body,
      beganMs,
      endedMs: performance.now(),
    };
  } catch (error) {
    const reason = brokenBy(error);
    // Nobody was there to take the call.
    const outcome = reason === "ECONNREFUSED" ? "failed" : "unknown";
    return { outcome, status: 0, reason, body: undefined, beganMs, endedMs: performance.now() };
  }
}

/** Asks until there is an answer that can be relied on; rejects when none comes in time. */
export async function insist(http: HttpClient, call: EdgeCall, withinMs = 120_000): Promise<Reply> {
  const latest = performance.now() + withinMs;
  for (;;) {
    const reply = await ask(http, call);
    if (reply.outcome === "acknowledged" || reply.outcome === "refused") return reply;
    if (performance.now() > latest)
      throw new Error(`${call.method} ${call.path}: ${reply.status} ${reply.reason}`);
    await sleep(500);
  }
}

/** All pages of a list. */
export async function listAll<Entry>(
  http: HttpClient,
  path: string,
  field: string,
  token: Token,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (let page = ""; ; ) {
    const query = `${path}?pageSize=200${page === "" ? "" : `&pageToken=${encodeURIComponent(page)}`}`;
    const { outcome, body, reason } = await insist(http, { method: "GET", path: query, token });
    if (outcome !== "acknowledged") throw new Error(`GET ${query}: ${reason}`);
    entries.push(...body[field]);
    page = body.nextPageToken;
    if (page === "") return entries;
  }
}

export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return "acknowledged";
  if (status === 429 || status === 503) return "failed";
  return status === 499 || status >= 500 ? "unknown" : "refused";
}
