import { ErrorReason, StatusError } from "@theseus/kit";
import {
  type Collection,
  type Db,
  MongoClient,
  MongoError,
  MongoServerError,
  MongoWriteConcernError,
} from "mongodb";
import { createdEvent, type Intent, type PaymentLog } from "../saga/payment-log.js";
import {
  type EventDocument,
  eventId,
  fromEvent,
  fromIntent,
  type IntentDocument,
  type MarkerDocument,
  toIntent,
} from "./documents.js";
import { readLogs } from "./log-reads.js";
import type { ListQuery, Marker, NewMarker, PaymentStore } from "./payment-store.js";

const ANSWER_MS = 1500;
const DUPLICATE_KEY = 11_000;
/** A node that is not, or no longer, the primary, or is going down. */
const MOVED_ON: ReadonlySet<unknown> = new Set([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436]);

interface Collections {
  readonly payments: Collection<IntentDocument>;
  readonly events: Collection<EventDocument>;
  readonly work: Collection<MarkerDocument>;
}

/** Connects when first asked, and again whenever the store is back. */
export function createMongoPaymentStore(url: string): PaymentStore {
  const client = new MongoClient(url, {
    useBigInt64: true,
    retryWrites: false,
    readPreference: "primary",
    writeConcern: { w: "majority", journal: true },
    serverSelectionTimeoutMS: ANSWER_MS,
    connectTimeoutMS: ANSWER_MS,
    socketTimeoutMS: 2 * ANSWER_MS,
    maxPoolSize: 32,
    ignoreUndefined: true,
  });
  const db = client.db();
  const collections: Collections = {
    payments: db.collection("payments"),
    events: db.collection("payment_events"),
    work: db.collection("payment_work"),
  };
  const indexed = onceItWorks(() => createIndexes(collections));

  /** Every use of the store goes through here: indexes first, and one kind of failure. */
  async function use<T>(action: () => Promise<T>): Promise<T> {
    try {
      await indexed();
      return await action();
    } catch (cause) {
      throw isUnavailability(cause) ? unavailable(cause) : cause;
    }
  }

  return {
    ping: () => use(() => ping(db)),
    ...marks(collections, use),
    ...inserts(collections, use),
    ...reads(collections, use),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

type Use = <T>(action: () => Promise<T>) => Promise<T>;

function marks(
  { work }: Collections,
  use: Use,
): Pick<PaymentStore, "mark" | "unmark" | "cardToken" | "marksBefore"> {
  return {
    mark: ({ payment, sequence, time, cardToken }: NewMarker) =>
      use(async () => {
        const _id = eventId(payment, sequence);
        const card = cardToken === undefined ? {} : { card_token: cardToken };
        await isNew(work.insertOne({ _id, payment, sequence, create_time: time, ...card }));
      }),

    unmark: (payment, upToSequence) =>
      use(async () => {
        await work.deleteMany({ _id: { $gt: `${payment}#`, $lte: eventId(payment, upToSequence) } });
      }),

    cardToken: (payment) => use(async () => (await work.findOne({ _id: eventId(payment, 1) }))?.card_token),

    async *marksBefore(time): AsyncGenerator<Marker> {
      await using cursor = work.find({ create_time: { $lt: time } }, { projection: { card_token: 0 } });
      for (;;) {
        const next = await use(() => cursor.next());
        if (next === null) return;
        yield { payment: next.payment, sequence: next.sequence, time: next.create_time };
      }
    },
  };
}

function inserts(
  { payments, events }: Collections,
  use: Use,
): Pick<PaymentStore, "insertIntent" | "insertVoid" | "insertEvent"> {
  return {
    insertIntent: (intent: Intent) => use(() => isNew(payments.insertOne(fromIntent(intent)))),

    insertVoid: (payment, time) =>
      use(() => {
        const amount = { currency_code: "", units: 0n, nanos: 0 };
        const nobody = { user: "", request_id: payment, fingerprint: "", reservation: "", amount };
        return isNew(payments.insertOne({ _id: payment, ...nobody, create_time: time }));
      }),

    insertEvent: (payment, event) => use(() => isNew(events.insertOne(fromEvent(payment, event)))),
  };
}

function reads(
  { payments, events }: Collections,
  use: Use,
): Pick<PaymentStore, "load" | "findByRequest" | "findByRefund" | "eventsAfter" | "list"> {
  async function complete(documents: readonly IntentDocument[]): Promise<PaymentLog[]> {
    const intents = documents.filter(({ user }) => user !== "").map(toIntent);
    const logs = await readLogs(
      events,
      intents.map(({ id }) => ({ payment: id, sequence: 1 })),
    );
    return intents.map((intent) => ({
      intent,
      events: [createdEvent(intent), ...(logs.get(intent.id) ?? [])],
    }));
  }

  async function completeOne(document: IntentDocument | null): Promise<PaymentLog | undefined> {
    return document === null ? undefined : (await complete([document]))[0];
  }

  return {
    load: (payment) => use(async () => completeOne(await payments.findOne({ _id: payment }))),

    findByRequest: (user, requestId) =>
      use(async () => completeOne(await payments.findOne({ user, request_id: requestId }))),

    findByRefund: (user, requestId) =>
      use(async () => {
        const found = await events.findOne({ refund_user: user, refund_request_id: requestId });
        return found ? completeOne(await payments.findOne({ _id: found.payment })) : undefined;
      }),

    eventsAfter: (payment, sequence) =>
      use(async () => (await readLogs(events, [{ payment, sequence }])).get(payment) ?? []),

    list: ({ user, after, limit }: ListQuery) =>
      use(async () => {
        const whose = user === undefined ? { user: { $gt: "" } } : { user };
        const rest = after && {
          $or: [{ create_time: { $lt: after.time } }, { create_time: after.time, _id: { $lt: after.id } }],
        };
        const sort = { create_time: -1, _id: -1 } as const;
        return complete(await payments.find({ ...whose, ...rest }, { sort, limit }).toArray());
      }),
  };
}

async function createIndexes({ payments, events, work }: Collections): Promise<void> {
  await payments.createIndex({ user: 1, request_id: 1 }, { unique: true });
  await payments.createIndex({ user: 1, create_time: -1, _id: -1 });
  await payments.createIndex({ create_time: -1, _id: -1 });
  await events.createIndex(
    { refund_user: 1, refund_request_id: 1 },
    { unique: true, partialFilterExpression: { refund_user: { $exists: true } } },
  );
  await work.createIndex({ create_time: 1 });
}

async function ping(db: Db): Promise<void> {
  await db.command({ ping: 1 });
}

/** True when the insert took its place, false when the place is taken. Anything else may or may not have happened. */
async function isNew(insert: Promise<unknown>): Promise<boolean> {
  try {
    await insert;
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

function onceItWorks(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}

/** The driver lets a socket's own error through when the connection ended just before a write. */
function isUnavailability(error: unknown): boolean {
  if (error instanceof MongoWriteConcernError) return true;
  if (error instanceof MongoServerError) return MOVED_ON.has(error.code);
  return error instanceof MongoError || isSocketError(error);
}

function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code));
}

function unavailable(cause: unknown): StatusError {
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the store cannot be reached", { cause });
}
