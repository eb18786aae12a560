import { type Collection, type Db, isFirst, type MongoAccess, openMongo } from "@theseus/mongo";
import { createdEvent, type Intent, type PaymentLog } from "../saga/payment-log.js";
import {
  type EventDocument,
  eventId,
  fromEvent,
  fromIntent,
  type IntentDocument,
  isVoid,
  type MarkerDocument,
  type SlotDocument,
  toIntent,
} from "./documents.js";
import { idBatches } from "./id-batches.js";
import { readLogs } from "./log-reads.js";
import type { ListQuery, Marker, NewMarker, PaymentStore } from "./payment-store.js";
import { slots } from "./slots.js";

interface Collections {
  readonly payments: Collection<IntentDocument>;
  readonly events: Collection<EventDocument>;
  readonly work: Collection<MarkerDocument>;
  readonly slots: Collection<SlotDocument>;
}

/** Does something with the store. */
type Use = <T>(action: (collections: Collections) => Promise<T>) => Promise<T>;

/** Connects when first asked, and again whenever the store is back. A user may have `openPayments` at most. */
export function createMongoPaymentStore(access: MongoAccess, openPayments: number): PaymentStore {
  const mongo = openMongo({ ...access, name: "payment", prepare: createIndexes, useBigInt64: true });
  const use: Use = (action) => mongo.run((db) => action(collectionsOf(db)));
  return {
    ping: mongo.ping,
    reopen: mongo.reopen,
    ...marks(use),
    ...inserts(use),
    ...slots((action) => use((collections) => action(collections.slots)), openPayments),
    ...reads(use),
    [Symbol.asyncDispose]: () => mongo[Symbol.asyncDispose](),
  };
}

function collectionsOf(db: Db): Collections {
  return {
    payments: db.collection("payments"),
    events: db.collection("payment_events"),
    work: db.collection("payment_work"),
    slots: db.collection("payment_slots"),
  };
}

function marks(use: Use): Pick<PaymentStore, "mark" | "unmark" | "cardToken" | "marksBefore"> {
  return {
    mark: ({ payment, sequence, time, cardToken }: NewMarker) =>
      use(async ({ work }) => {
        const _id = eventId(payment, sequence);
        const card = cardToken === undefined ? {} : { card_token: cardToken };
        await isFirst(work.insertOne({ _id, payment, sequence, create_time: time, ...card }));
      }),

    unmark: (payment, upToSequence) =>
      use(async ({ work }) => {
        const ids = Array.from({ length: upToSequence }, (_, n) => eventId(payment, n + 1));
        for (const batch of idBatches(ids)) await work.deleteMany({ _id: { $in: batch } });
      }),

    cardToken: (payment) =>
      use(async ({ work }) => (await work.findOne({ _id: eventId(payment, 1) }))?.card_token),

    async *marksBefore(time): AsyncGenerator<Marker> {
      await using cursor = await use(async ({ work }) =>
        work.find({ create_time: { $lt: time } }, { projection: { card_token: 0 } }),
      );
      for (;;) {
        const next = await use(() => cursor.next());
        if (next === null) return;
        yield { payment: next.payment, sequence: next.sequence, time: next.create_time };
      }
    },
  };
}

function inserts(use: Use): Pick<PaymentStore, "insertIntent" | "insertVoid" | "insertEvent"> {
  return {
    insertIntent: (intent: Intent) => use(({ payments }) => isFirst(payments.insertOne(fromIntent(intent)))),

    insertVoid: (payment, time) =>
      use(({ payments }) => {
        const amount = { currency_code: "", units: 0n, nanos: 0 };
        const nobody = { user: "", request_id: payment, fingerprint: "", reservation: "", amount };
        return isFirst(payments.insertOne({ _id: payment, ...nobody, create_time: time }));
      }),

    insertEvent: (payment, event) =>
      use(({ events }) => isFirst(events.insertOne(fromEvent(payment, event)))),
  };
}

function reads(
  use: Use,
): Pick<
  PaymentStore,
  "findIntent" | "load" | "loadAll" | "findByRequest" | "findByRefund" | "eventsAfter" | "list"
> {
  return {
    findIntent: (payment) =>
      use(async ({ payments }) => {
        const found = await payments.findOne({ _id: payment });
        return found === null || isVoid(found) ? undefined : toIntent(found);
      }),

    load: (payment) =>
      use(async ({ payments, events }) => completeOne(events, await payments.findOne({ _id: payment }))),

    loadAll: (ids) =>
      use(async ({ payments, events }) => {
        const found: IntentDocument[] = [];
        for (const batch of idBatches(ids))
          found.push(...(await payments.find({ _id: { $in: batch } }).toArray()));
        return complete(events, found);
      }),

    findByRequest: (user, requestId) =>
      use(async ({ payments, events }) =>
        completeOne(events, await payments.findOne({ user, request_id: requestId })),
      ),

    findByRefund: (user, requestId) =>
      use(
        async ({ events }) =>
          (await events.findOne({ refund_user: user, refund_request_id: requestId }))?.payment,
      ),

    eventsAfter: (payment, sequence, limit) =>
      use(async ({ events }) => (await readLogs(events, [{ payment, sequence }], limit)).get(payment) ?? []),

    list: ({ user, after, limit }: ListQuery) =>
      use(async ({ payments, events }) => {
        const whose = user === undefined ? { user: { $gt: "" } } : { user };
        const sort = { create_time: -1, _id: -1 } as const;
        const found: IntentDocument[] = [];
        for (const part of partsAfter(after)) {
          const left = limit - found.length;
          if (left > 0)
            found.push(...(await payments.find({ ...whose, ...part }, { sort, limit: left }).toArray()));
        }
        return complete(events, found);
      }),
  };
}

/** What comes after a place, in order: some stores look at every document for a query with `$or`. */
function partsAfter(after: ListQuery["after"]) {
  if (after === undefined) return [{}];
  const { time, id } = after;
  return [{ create_time: time, _id: { $lt: id } }, { create_time: { $lt: time } }];
}

async function complete(
  events: Collections["events"],
  documents: readonly IntentDocument[],
): Promise<PaymentLog[]> {
  const intents = documents.filter((document) => !isVoid(document)).map(toIntent);
  const logs = await readLogs(
    events,
    intents.map(({ id }) => ({ payment: id, sequence: 1 })),
  );
  return intents.map((intent) => ({
    intent,
    events: [createdEvent(intent), ...(logs.get(intent.id) ?? [])],
  }));
}

async function completeOne(
  events: Collections["events"],
  document: IntentDocument | null,
): Promise<PaymentLog | undefined> {
  return document === null ? undefined : (await complete(events, [document]))[0];
}

async function createIndexes(db: Db): Promise<void> {
  const { payments, events, work } = collectionsOf(db);
  await payments.createIndex({ user: 1, request_id: 1 }, { unique: true });
  await payments.createIndex({ user: 1, create_time: -1, _id: -1 });
  await payments.createIndex({ create_time: -1, _id: -1 });
  await events.createIndex(
    { refund_user: 1, refund_request_id: 1 },
    { unique: true, partialFilterExpression: { refund_user: { $exists: true } } },
  );
  await work.createIndex({ create_time: 1 });
}
