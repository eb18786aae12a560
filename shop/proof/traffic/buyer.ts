import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@theseus/runtime/load";
import type { HttpClient } from "../../test/system/http-client.js";
import { ask, type EdgeCall, type Reply } from "./edge.js";
import type { Journal, Operation, Order, PaymentTold } from "./journal.js";
import type { Session } from "./session.js";

export interface BuyerOptions {
  readonly http: HttpClient;
  readonly session: Session;
  readonly administrator: Session;
  readonly items: readonly string[];
  readonly journal: Journal;
  readonly random: Random;
  /** The cards that it pays with, as often as they are there. */
  readonly cards: readonly string[];
  /** Ends it after the order that it is at. */
  readonly signal: AbortSignal;
}

/** How often a client repeats what was not answered. */
const tries = 6;
const pauseMs = 300;
/** How long an unpaid reservation holds its pieces. */
export const HOLD_SECONDS = 40;

/** Most payments work; the others go each its own way. */
export const usualCards: readonly string[] = [
  ...Array<string>(15).fill("card-ok"),
  "card-declined",
  "card-declined",
  "card-capture-refused",
  "card-lost-reply",
  "card-slow",
];

/** Buys one thing after the other, and writes down what it was told. */
export async function buy(options: BuyerOptions): Promise<void> {
  const { signal, random } = options;
  while (!signal.aborted) {
    await placeOrder(options);
    await sleep(random.whole(100, 400));
  }
}

async function placeOrder(options: BuyerOptions): Promise<void> {
  const { session, items, journal, random, cards } = options;
  const chosen = random.shuffle(items).slice(0, random.whole(1, 2));
  const lines = chosen.map((item) => ({ item, quantity: random.whole(1, 3) }));
  const beganMs = performance.now();
  const order: Order = { user: session.user, lines, card: random.pick(cards), beganMs };
  const [releases, refunds] = [random.next() < 0.1, random.next() < 0.1];
  journal.orders.push(order);
  if (!(await reserve(options, order))) return;
  if (releases) return release(options, order);
  await pay(options, order);
  if (refunds && order.payment?.what.state === "CAPTURED") await refund(options, order);
}

async function reserve(options: BuyerOptions, order: Order): Promise<boolean> {
  const body = { lines: order.lines, ttl: `${HOLD_SECONDS}s` };
  const reply = await repeat(options, "reserve", { method: "POST", path: "/v1/reservations", body });
  if (reply.outcome !== "acknowledged") return false;
  order.reservation = { what: reply.body.name, atMs: reply.endedMs };
  return true;
}

async function release(options: BuyerOptions, order: Order): Promise<void> {
  const path = `/v1/${order.reservation?.what}:release`;
  const reply = await repeat(options, "release", { method: "POST", path, body: {} });
  if (reply.outcome === "acknowledged") order.released = { what: true, atMs: reply.endedMs };
}

async function pay(options: BuyerOptions, order: Order): Promise<void> {
  const body = { reservation: order.reservation?.what, cardToken: order.card };
  const reply = await repeat(options, "pay", { method: "POST", path: "/v1/payments", body });
  const payment = toldOf(reply);
  if (payment !== undefined) order.payment = { what: payment, atMs: reply.endedMs };
}

async function refund(options: BuyerOptions, order: Order): Promise<void> {
  const { administrator } = options;
  const key = randomUUID();
  const path = `/v1/${order.payment?.what.name}:refund`;
  const call = { method: "POST", path, body: {}, key } as const;
  const reply = await repeat({ ...options, session: administrator }, "refund", call);
  if (reply.outcome === "acknowledged") order.refund = { what: { key }, atMs: reply.endedMs };
}

/** Sends a call with one key until something definite is answered, or patience ends. */
async function repeat(
  { http, session, journal }: BuyerOptions,
  operation: Operation,
  call: EdgeCall,
): Promise<Reply> {
  const key = call.key ?? randomUUID();
  for (let left = tries; ; left--) {
    const reply = await ask(http, { ...call, key, token: await session.token() });
    const { outcome, status, reason, beganMs, endedMs } = reply;
    journal.attempts.push({ operation, outcome, status, reason, beganMs, endedMs });
    const definite = outcome === "acknowledged" || outcome === "refused";
    if (definite || left <= 1) return reply;
    await sleep(pauseMs);
  }
}

/** What an answer to CreatePayment says of the payment. */
function toldOf({ outcome, reason, body }: Reply): { name: string; state: PaymentTold } | undefined {
  if (outcome === "acknowledged") {
    const state = body.state.replace("PAYMENT_STATE_", "");
    const final = state === "CAPTURED" || state === "FAILED";
    return { name: body.name, state: final ? state : "OPEN" };
  }
  const name = body?.error?.details?.[0]?.metadata?.payment;
  return reason === "PAYMENT_DECLINED" && name !== undefined ? { name, state: "FAILED" } : undefined;
}
