import type { MongoAccess } from "@theseus/mongo";
import { type Intent, type LogEvent, lastEvent, type PaymentLog } from "../saga/payment-log.js";

/** Where payments are stored, as storage.md says. A store that cannot be reached is SERVICE_UNAVAILABLE. */
export interface PaymentStore extends AsyncDisposable {
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Operations from now on have this access. Resolves when the one before is used for nothing any more. */
  reopen(access: MongoAccess): Promise<void>;

  /** Marks a payment as unfinished from an event on, before the event is written. Marking twice changes nothing. */
  mark(marker: NewMarker): Promise<void>;
  /** Removes the marks up to an event, once the log was read at rest with that event or a later one. */
  unmark(payment: string, upToSequence: number): Promise<void>;
  /** The card to pay with; it is kept only as long as the payment's first mark. */
  cardToken(payment: string): Promise<string | undefined>;
  /** Marks made before a time, in no order. */
  marksBefore(time: Date): AsyncIterable<Marker>;

  /** False when the payment, or the user's request id, is there already. */
  insertIntent(intent: Intent): Promise<boolean>;
  /** Occupies a payment's id, so that its intent can no longer be inserted. False when the id is taken already. */
  insertVoid(payment: string, time: Date): Promise<boolean>;
  /** The compare-and-set of the log: false when its place, or a refund's request id, is taken. */
  insertEvent(payment: string, event: LogEvent): Promise<boolean>;

  /** The slots that a user's payments have, each with a document. */
  slots(user: string): Promise<readonly Slot[]>;
  /** Takes a slot: one that nobody has, or in the place of who has it. False when it has gone to somebody else. */
  takeSlot(slot: Slot, instead?: Slot): Promise<boolean>;
  /** Gives a payment's slot back; without one nothing happens. */
  freeSlot(user: string, payment: string): Promise<void>;

  /** A payment without its log, by one look at the store whether it is there or not. */
  findIntent(payment: string): Promise<Intent | undefined>;
  load(payment: string): Promise<PaymentLog | undefined>;
  /** Those of some payments that have begun. */
  loadAll(payments: readonly string[]): Promise<readonly PaymentLog[]>;
  findByRequest(user: string, requestId: string): Promise<PaymentLog | undefined>;
  /**
   * The id of the payment that has a refund with a request id. Some stores look at every event for it: not to be asked
   * for each refund.
   */
  findByRefund(user: string, requestId: string): Promise<string | undefined>;
  /** Events after one, in order; all, or some of them but at least `limit`. */
  eventsAfter(payment: string, sequence: number, limit?: number): Promise<readonly LogEvent[]>;
  /** Payments, latest first. */
  list(query: ListQuery): Promise<readonly PaymentLog[]>;
}

export interface NewMarker {
  readonly payment: string;
  readonly sequence: number;
  readonly time: Date;
  readonly cardToken?: string;
}

export interface Marker {
  readonly payment: string;
  readonly sequence: number;
  readonly time: Date;
}

/** One of the payments that a user may have open. */
export interface Slot {
  /** `users/…` */
  readonly user: string;
  /** From 1 to the quota's limit. */
  readonly number: number;
  readonly payment: string;
  readonly requestId: string;
  readonly time: Date;
}

export interface ListQuery {
  /** All users' when absent. */
  readonly user?: string;
  /** Only payments that come after this one. */
  readonly after?: { readonly time: Date; readonly id: string };
  readonly limit: number;
}

/** The log, with the events that were added since it was read. */
export async function catchUp(
  store: Pick<PaymentStore, "eventsAfter">,
  log: PaymentLog,
): Promise<PaymentLog> {
  const added = await store.eventsAfter(log.intent.id, lastEvent(log).sequence);
  return { intent: log.intent, events: [...log.events, ...added] };
}
