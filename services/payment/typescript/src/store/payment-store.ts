import { type Intent, type LogEvent, lastEvent, type PaymentLog } from "../saga/payment-log.js";

/** What keeps payments: storage.md in words of this service. A store that cannot be reached is SERVICE_UNAVAILABLE. */
export interface PaymentStore extends AsyncDisposable {
  /** Resolves when the store answers. */
  ping(): Promise<void>;

  /** Says that a payment has work from an event on, before that event is written. Saying it twice is saying it once. */
  mark(marker: NewMarker): Promise<void>;
  /** Takes back the marks up to an event that the log was seen at rest beyond. */
  unmark(payment: string, upToSequence: number): Promise<void>;
  /** The card to pay with; it is kept only as long as the payment's first mark. */
  cardToken(payment: string): Promise<string | undefined>;
  /** Marks made before a time, in no order. */
  marksBefore(time: Date): AsyncIterable<Marker>;

  /** False when the payment, or the user's request id, is there already. */
  insertIntent(intent: Intent): Promise<boolean>;
  /** Takes a payment's place for ever, so that its intent can no longer be inserted. False when it is there. */
  insertVoid(payment: string, time: Date): Promise<boolean>;
  /** The compare-and-set of the log: false when its place, or a refund's request id, is taken. */
  insertEvent(payment: string, event: LogEvent): Promise<boolean>;

  load(payment: string): Promise<PaymentLog | undefined>;
  findByRequest(user: string, requestId: string): Promise<PaymentLog | undefined>;
  /** The payment that has a refund with a request id. */
  findByRefund(user: string, requestId: string): Promise<PaymentLog | undefined>;
  /** Events after one, in order. */
  eventsAfter(payment: string, sequence: number): Promise<readonly LogEvent[]>;
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

export interface ListQuery {
  /** All users' when absent. */
  readonly user?: string;
  /** Only payments that come after this one. */
  readonly after?: { readonly time: Date; readonly id: string };
  readonly limit: number;
}

/** A log with what was added to it since. */
export async function catchUp(
  store: Pick<PaymentStore, "eventsAfter">,
  log: PaymentLog,
): Promise<PaymentLog> {
  const added = await store.eventsAfter(log.intent.id, lastEvent(log).sequence);
  return { intent: log.intent, events: [...log.events, ...added] };
}
