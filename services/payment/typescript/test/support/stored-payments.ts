import type { World } from "./world.js";

const AT_ONCE = 200;

export interface StoredPayments {
  readonly user: string;
  readonly payments: number;
  /** Of each payment, CREATED among them: a capture, then refunds of a cent each. An even number. */
  readonly events: number;
}

/** Writes captured payments into the store, by storage.md; gives their names, latest first. */
export async function storePayments({ db }: World, stored: StoredPayments): Promise<readonly string[]> {
  const ids = Array.from({ length: stored.payments }, (_, at) => toId(stored.user, at));
  const intents = ids.map((id, at) => toIntent(id, stored.user, new Date(1_700_000_000_000 + at)));
  await db.collection<{ _id: string }>("payments").insertMany(intents);
  const events = ids.flatMap((id) => toLog(id, stored.events));
  for (let at = 0; at < events.length; at += AT_ONCE)
    await db.collection<{ _id: string }>("payment_events").insertMany(events.slice(at, at + AT_ONCE));
  return ids.map((id) => `payments/${id}`).reverse();
}

function toId(user: string, at: number): string {
  const prefix = user.replace("users/", "");
  return `${prefix}${at.toString().padStart(20 - prefix.length, "0")}`;
}

function toIntent(_id: string, user: string, create_time: Date) {
  const amount = { currency_code: "EUR", units: 1000n, nanos: 0 };
  const asked = { request_id: _id, fingerprint: _id, reservation: `reservations/${_id}` };
  return { _id, user, ...asked, amount, create_time };
}

function toLog(payment: string, length: number) {
  return Array.from({ length: length - 1 }, (_, at) => {
    const sequence = at + 2;
    const _id = `${payment}#${sequence.toString().padStart(8, "0")}`;
    return { _id, payment, sequence, event_time: new Date(1_700_000_100_000), ...toWhat(payment, sequence) };
  });
}

function toWhat(payment: string, sequence: number) {
  const before = ["AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"][sequence - 2];
  if (before !== undefined) return { type: before };
  const amount = { currency_code: "EUR", units: 0n, nanos: 10_000_000 };
  if (sequence % 2 === 0) return { type: "REFUNDED", amount };
  const id = `${payment}-${sequence}`;
  const asked = { refund_user: "users/root", refund_request_id: id, refund_fingerprint: id };
  return { type: "REFUND_REQUESTED", amount, ...asked };
}
