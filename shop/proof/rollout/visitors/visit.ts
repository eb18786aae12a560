import { randomUUID } from "node:crypto";
import type { Random } from "@theseus/runtime/load";
import type { Order, PaymentTold } from "../../traffic/journal.js";
import type { Session } from "../../traffic/session.js";
import type { Calls } from "./calls.js";

export interface VisitOptions {
  readonly calls: Calls;
  readonly buyers: readonly Session[];
  readonly administrator: Session;
  readonly items: readonly string[];
  /** What visitors wanted, and what they were told. */
  readonly orders: Order[];
  readonly random: Random;
  /** The cards that are paid with, as often as they are there. Default: of every kind. */
  readonly cards?: readonly string[];
}

/** Long enough that nothing expires while a visit is under way. */
const ttl = "60s";
/** None that gives pieces back after they were sold: see `isStep` in stock-streams.ts. */
const everyCard = [...Array<string>(18).fill("card-ok"), "card-declined", "card-slow"];

/** Answers what each visitor does: look at themselves and an item, reserve one piece, and pay, at times get a refund or let it go. */
export function createVisit(options: VisitOptions): (dueMs: number) => Promise<void> {
  const { buyers, items, orders, random, cards = everyCard } = options;
  let count = 0;
  return async (dueMs) => {
    const buyer = buyers[count++ % buyers.length] as Session;
    const line = { item: random.pick(items), quantity: 1 };
    const order: Order = { user: buyer.user, lines: [line], card: random.pick(cards), beganMs: dueMs };
    const [releases, refunds] = [random.next() < 0.1, random.next() < 0.1];
    const looked = await look(options, order, { buyer, dueMs });
    orders.push(order);
    if (!looked || !(await reserve(options, order, buyer))) return;
    if (releases) return release(options, order, buyer);
    await pay(options, order, buyer);
    if (refunds && order.payment?.what.state === "CAPTURED") await refund(options, order);
  };
}

interface Who {
  readonly buyer: Session;
  readonly dueMs: number;
}

async function look({ calls }: VisitOptions, order: Order, { buyer, dueMs }: Who): Promise<boolean> {
  const [line] = order.lines;
  const item = await calls.ask({ operation: "item", method: "GET", path: `/v1/${line?.item}`, dueMs });
  const { token, user } = buyer;
  const self = await calls.ask({ operation: "profile", method: "GET", path: `/v1/${user}`, token });
  return item.outcome === "acknowledged" && self.outcome === "acknowledged";
}

async function reserve({ calls }: VisitOptions, order: Order, { token }: Session): Promise<boolean> {
  const body = { lines: order.lines, ttl };
  const reply = await calls.ask({ ...post("reserve", "/v1/reservations", body), token });
  if (reply.outcome !== "acknowledged") return false;
  order.reservation = { what: reply.body.name, atMs: reply.endedMs };
  return true;
}

async function release({ calls }: VisitOptions, order: Order, { token }: Session): Promise<void> {
  const path = `/v1/${order.reservation?.what}:release`;
  const reply = await calls.ask({ ...post("release", path, {}), token });
  if (reply.outcome === "acknowledged") order.released = { what: true, atMs: reply.endedMs };
}

async function pay({ calls }: VisitOptions, order: Order, { token }: Session): Promise<void> {
  const body = { reservation: order.reservation?.what, cardToken: order.card };
  const expected = order.card === "card-declined" ? { expected: "PAYMENT_DECLINED" } : {};
  const reply = await calls.ask({
    ...post(`pay with ${order.card}`, "/v1/payments", body),
    token,
    ...expected,
  });
  if (reply.outcome === "acknowledged") {
    const state = reply.body.state.replace("PAYMENT_STATE_", "");
    const told: PaymentTold = state === "CAPTURED" || state === "FAILED" ? state : "OPEN";
    order.payment = { what: { name: reply.body.name, state: told }, atMs: reply.endedMs };
    return;
  }
  const name = reply.body?.error?.details?.[0]?.metadata?.payment;
  if (name !== undefined) order.payment = { what: { name, state: "FAILED" }, atMs: reply.endedMs };
}

async function refund({ calls, administrator: { token } }: VisitOptions, order: Order): Promise<void> {
  const call = post("refund", `/v1/${order.payment?.what.name}:refund`, {});
  const reply = await calls.ask({ ...call, token });
  if (reply.outcome === "acknowledged") order.refund = { what: { key: call.key }, atMs: reply.endedMs };
}

function post(operation: string, path: string, body: unknown) {
  return { operation, method: "POST", path, body, key: randomUUID() } as const;
}
