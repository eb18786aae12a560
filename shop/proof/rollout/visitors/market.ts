import { randomUUID } from "node:crypto";
import { poissonGaps, type Random, startInOpenLoop } from "@theseus/runtime/load";
import { HttpClient } from "../../../test/system/http-client.js";
import type { Shop } from "../../../test/system/shop.js";
import { stockedItem } from "../../../test/system/stock.js";
import { insist } from "../../traffic/edge.js";
import type { Order } from "../../traffic/journal.js";
import { openSession, type Session } from "../../traffic/session.js";
import { type PaymentWatched, watchPayments } from "../../traffic/watchers.js";
import { Calls } from "./calls.js";
import { openShopper } from "./shopper.js";
import { openStockStreams, type StockStreams } from "./stock-streams.js";
import { createVisit } from "./visit.js";

export interface MarketOptions {
  readonly visitsPerSecond: number;
  readonly random: Random;
}

export interface Market {
  readonly http: HttpClient;
  readonly calls: Calls;
  readonly orders: readonly Order[];
  readonly buyers: readonly Session[];
  /** Pieces of each item before the first order. */
  readonly stock: ReadonlyMap<string, number>;
  readonly streams: StockStreams;
  readonly ledgerBefore: number;
  /** Lets nobody in any more, and resolves when the last visitor has gone. */
  close(): Promise<readonly PaymentWatched[]>;
}

const buyerCount = 16;
/** Payments of theirs take seconds, so that there is always one to watch. */
const slowCount = 2;
export const streamCount = 50;
const pieces = 1_000_000;

/** Items with stock, visitors who arrive by chance, and watchers. */
export async function openMarket(shop: Shop, options: MarketOptions): Promise<Market> {
  const http = new HttpClient(shop.edge);
  const calls = new Calls(http);
  const { stock, items } = await openItems(http, shop);
  const administrator = await openShopper(calls, shop.administrator);
  const sessions: Session[] = [];
  while (sessions.length < buyerCount + slowCount)
    sessions.push(await openShopper(calls, await register(http)));
  const [slow, buyers] = [sessions.slice(0, slowCount), sessions.slice(slowCount)];
  const ledgerBefore = (await shop.ledger()).length;
  const orders: Order[] = [];
  const over = new AbortController();
  const streams = openStockStreams(http, items, streamCount - slowCount);
  const { random, visitsPerSecond } = options;
  const visitors = { calls, administrator, items, orders };
  const arriving = startInOpenLoop(createVisit({ ...visitors, buyers, random: random.fork() }), {
    gaps: poissonGaps(visitsPerSecond, random.fork()),
    signal: over.signal,
  });
  const paying = slow.map(async (buyer) => {
    const buys = createVisit({ ...visitors, buyers: [buyer], random: random.fork(), cards: ["card-slow"] });
    while (!over.signal.aborted) await buys(performance.now());
  });
  const watching = Promise.all(slow.map((buyer) => watchPayments(http, buyer, over.signal)));
  const ended = Promise.all([watching, arriving, ...paying]);
  // Whatever ends early is told when the market closes.
  ended.catch(() => over.abort());
  const close = async () => {
    over.abort();
    const [watched] = await ended;
    return watched.flat();
  };
  return { http, calls, orders, buyers: sessions, stock, streams, ledgerBefore, close };
}

async function openItems(http: HttpClient, shop: Shop) {
  const { token } = await openSession(http, shop.administrator);
  const stock = new Map<string, number>();
  for (let item = 0; item < 6; item++) stock.set(await stockedItem(http, token, String(pieces)), pieces);
  return { stock, items: [...stock.keys()] };
}

async function register(http: HttpClient): Promise<{ readonly email: string; readonly password: string }> {
  const [email, password] = [`${randomUUID()}@shop.example`, `a long password ${randomUUID()}`];
  const body = { email, displayName: "Visitor", password };
  const created = await insist(http, { method: "POST", path: "/v1/users", body, key: randomUUID() });
  if (created.outcome !== "acknowledged") throw new Error(`registering: ${created.status} ${created.reason}`);
  return { email, password };
}
