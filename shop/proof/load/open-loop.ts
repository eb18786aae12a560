import { randomUUID } from "node:crypto";
import { evenGaps, startInOpenLoop } from "@theseus/runtime/load";
import { ask, type Reply } from "../traffic/edge.js";
import type { Crowd } from "./crowd.js";

/** One visit to the shop: somebody looks at items, then reserves one and pays. */
export interface Visit {
  readonly beganMs: number;
  readonly endedMs: number;
  /** Whether every call of it succeeded, and the payment is captured. */
  readonly good: boolean;
  /** Of the call that failed: `status reason`. */
  readonly reason: string;
}

const looks = 3;

/**
 * Lets visits begin at a rate, however many are under way already, as customers do who know nothing of each other. Resolves
 * when the last of them has ended.
 */
export async function visitAt(
  crowd: Crowd,
  { perSecond, forMs }: { readonly perSecond: number; readonly forMs: number },
): Promise<readonly Visit[]> {
  const visits: Promise<Visit>[] = [];
  const begin = async () => {
    const one = visit(crowd, visits.length);
    visits.push(one);
    await one;
  };
  await startInOpenLoop(begin, { gaps: evenGaps(perSecond), forMs, signal: new AbortController().signal });
  return Promise.all(visits);
}

/** One visit after the other, `count` of them. */
export async function visitInTurn(crowd: Crowd, count: number): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (let each = 0; each < count; each++) visits.push(await visit(crowd, each));
  return visits;
}

async function visit({ http, buyers, items }: Crowd, number: number): Promise<Visit> {
  const beganMs = performance.now();
  const [buyer, item] = [buyers[number % buyers.length], items[number % items.length]];
  const bearer = { token: await buyer?.token() };
  const ended = (good: boolean, { status, reason }: Reply): Visit => ({
    beganMs,
    endedMs: performance.now(),
    good,
    reason: good ? "" : `${status} ${reason}`,
  });
  for (let look = 0; look < looks; look++) {
    const seen = await ask(http, { method: "GET", path: `/v1/${item}` });
    if (seen.outcome !== "acknowledged") return ended(false, seen);
  }
  const body = { lines: [{ item, quantity: 1 }], ttl: "30s" };
  const reserved = await ask(http, {
    method: "POST",
    path: "/v1/reservations",
    body,
    key: randomUUID(),
    ...bearer,
  });
  if (reserved.outcome !== "acknowledged") return ended(false, reserved);
  const order = { reservation: reserved.body.name, cardToken: "card-ok" };
  const paid = await ask(http, {
    method: "POST",
    path: "/v1/payments",
    body: order,
    key: randomUUID(),
    ...bearer,
  });
  return ended(paid.outcome === "acknowledged" && paid.body.state === "PAYMENT_STATE_CAPTURED", paid);
}
