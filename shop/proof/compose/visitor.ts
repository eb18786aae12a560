import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpClient } from "../../test/system/http-client.js";
import { ask, insist } from "../traffic/edge.js";
import { openSession, type Session } from "../traffic/session.js";

/** Registers a customer and signs in. */
export async function newVisitor(http: HttpClient): Promise<Session> {
  const credentials = { email: `${randomUUID()}@shop.example`, password: `a long password ${randomUUID()}` };
  const body = { ...credentials, displayName: "Visitor" };
  const made = await insist(http, { method: "POST", path: "/v1/users", body, key: randomUUID() });
  if (made.outcome !== "acknowledged") throw new Error(`registering: ${made.status} ${made.reason}`);
  return openSession(http, credentials);
}

/** Reserves something, pays it, and sees that the money was taken. */
export async function buyOnce(http: HttpClient, visitor: Session): Promise<void> {
  const reservation = await reserve(http, visitor);
  const body = { reservation, cardToken: "card-ok" };
  const token = await visitor.token();
  const paid = await insist(http, { method: "POST", path: "/v1/payments", body, token, key: randomUUID() });
  if (paid.body?.state !== "PAYMENT_STATE_CAPTURED")
    throw new Error(`paying: ${paid.status} ${paid.reason} ${paid.body?.state}`);
}

async function reserve(http: HttpClient, visitor: Session): Promise<string> {
  const body = { lines: [{ item: "items/rope", quantity: 1 }] };
  const token = await visitor.token();
  const made = await insist(http, {
    method: "POST",
    path: "/v1/reservations",
    body,
    token,
    key: randomUUID(),
  });
  if (made.outcome !== "acknowledged") throw new Error(`reserving: ${made.status} ${made.reason}`);
  return made.body.name;
}

export interface LoadFigures {
  readonly calls: number;
  /** Calls that were not answered as they should be, each as `METHOD path: status reason`. */
  readonly failed: readonly string[];
}

/** Reads and writes at an even, light pace until it is told to end. Nothing is repeated. */
export function loadLightly(http: HttpClient, visitor: Session) {
  const stop = new AbortController();
  const failed: string[] = [];
  let calls = 0;
  const call = async (method: "GET" | "POST", path: string, body?: unknown) => {
    const key = randomUUID();
    const token = await visitor.token();
    const reply = await ask(http, { method, path, token, ...(body === undefined ? {} : { body, key }) });
    calls += 1;
    if (reply.outcome !== "acknowledged") failed.push(`${method} ${path}: ${reply.status} ${reply.reason}`);
    return reply;
  };
  const visit = async () => {
    await call("GET", "/v1/items?pageSize=3");
    const { body } = await call("POST", "/v1/reservations", {
      lines: [{ item: "items/tea-mug", quantity: 1 }],
    });
    if (body?.name !== undefined) await call("POST", `/v1/${body.name}:release`, {});
  };
  const running = (async () => {
    for (; !stop.signal.aborted; await sleep(100)) await visit();
  })();
  return {
    async end(): Promise<LoadFigures> {
      stop.abort();
      await running;
      return { calls, failed };
    },
  };
}
