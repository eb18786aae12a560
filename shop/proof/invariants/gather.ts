import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { HttpClient } from "../../test/system/http-client.js";
import type { Shop } from "../../test/system/shop.js";
import { insist, listAll } from "../traffic/edge.js";
import type { Order } from "../traffic/journal.js";
import type { Session } from "../traffic/session.js";
import {
  type Facts,
  type ItemFact,
  type LedgerFact,
  type Money,
  type PaymentFact,
  type ReservationFact,
  toNanos,
} from "./facts.js";

export interface GatherOptions {
  readonly shop: Shop;
  readonly http: HttpClient;
  readonly buyers: readonly Session[];
  readonly orders: readonly Order[];
  /** Pieces of each item before the first order. */
  readonly stock: ReadonlyMap<string, number>;
  /** Entries of the ledger before the first order. */
  readonly ledgerBefore: number;
}

/** Few enough for a shop that does something else too. */
const atOnce = 4;

/** Looks at everything that the clients of a run can have changed. */
export async function gatherFacts(options: GatherOptions): Promise<Facts> {
  const { shop, http, buyers, orders, stock } = options;
  const payments = new Map<string, PaymentFact>();
  const owners = new Map<string, Session>();
  for (const buyer of buyers) {
    for (const payment of await paymentsOf(http, buyer)) {
      payments.set(payment.name, payment);
      owners.set(payment.reservation, buyer);
    }
    for (const order of orders)
      if (order.user === buyer.user && order.reservation) owners.set(order.reservation.what, buyer);
  }
  return {
    items: await itemsOf(http, stock),
    reservations: await reservationsOf(http, owners),
    payments,
    ledger: (await ledgerOf(shop)).slice(options.ledgerBefore),
  };
}

/** How much is held of each item, in all. */
export async function heldPieces(http: HttpClient, items: Iterable<string>): Promise<number> {
  let held = 0;
  for (const item of items)
    held += Number((await insist(http, { method: "GET", path: `/v1/${item}` })).body.held);
  return held;
}

/** Payments of a buyer that have not come to an end. */
export async function openPayments(http: HttpClient, buyer: Session): Promise<readonly string[]> {
  const all = await listAll<PaymentBody>(http, "/v1/payments", "payments", buyer.token);
  return all.filter(({ state }) => !/_(CAPTURED|FAILED)$/.test(state)).map(({ name }) => name);
}

interface PaymentBody {
  readonly name: string;
  readonly reservation: string;
  readonly state: string;
  readonly amount: Money;
  readonly refundedAmount: Money;
}

async function paymentsOf(http: HttpClient, buyer: Session): Promise<readonly PaymentFact[]> {
  const all = await listAll<PaymentBody>(http, "/v1/payments", "payments", buyer.token);
  return inParallel(all, async ({ name, reservation, state, amount, refundedAmount }) => {
    const events = await listAll<{ sequence: string; type: string }>(
      http,
      `/v1/${name}/events`,
      "events",
      buyer.token,
    );
    return {
      name,
      reservation,
      state: state.replace("PAYMENT_STATE_", ""),
      amount: toNanos(amount),
      refunded: toNanos(refundedAmount),
      events: events.map(({ sequence, type }) => ({
        sequence: Number(sequence),
        type: type.replace("PAYMENT_EVENT_TYPE_", ""),
      })),
    };
  });
}

async function reservationsOf(
  http: HttpClient,
  owners: ReadonlyMap<string, Session>,
): Promise<ReadonlyMap<string, ReservationFact>> {
  const found = await inParallel([...owners], async ([name, owner]) => {
    const { status, body } = await insist(http, {
      method: "GET",
      path: `/v1/${name}`,
      token: owner.token,
    });
    if (status !== 200) return [];
    const state = body.state.replace("RESERVATION_STATE_", "");
    return [[name, { state, lines: body.lines }] as const];
  });
  return new Map(found.flat());
}

async function itemsOf(http: HttpClient, stock: ReadonlyMap<string, number>): Promise<readonly ItemFact[]> {
  return inParallel([...stock], async ([name, initial]) => {
    const { body } = await insist(http, { method: "GET", path: `/v1/${name}` });
    return { name, initial, onHand: Number(body.onHand), held: Number(body.held), sold: Number(body.sold) };
  });
}

async function ledgerOf(shop: Shop): Promise<readonly LedgerFact[]> {
  return (await shop.ledger()).map(({ paymentId, type, amount, refundId }) => ({
    payment: paymentId,
    type: LedgerEntryType[type].replace("LEDGER_ENTRY_TYPE_", ""),
    amount: toNanos(
      amount === undefined ? undefined : { units: amount.units.toString(), nanos: amount.nanos },
    ),
    refund: refundId,
  }));
}

async function inParallel<From, To>(
  values: readonly From[],
  work: (value: From) => Promise<To>,
): Promise<To[]> {
  const results: To[] = [];
  const left = values.entries();
  const worker = async () => {
    for (const [index, value] of left) results[index] = await work(value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
