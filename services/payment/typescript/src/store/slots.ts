import { type Collection, isFirst } from "@theseus/mongo";
import type { SlotDocument } from "./documents.js";
import type { PaymentStore, Slot } from "./payment-store.js";

type UseSlots = <T>(action: (slots: Collection<SlotDocument>) => Promise<T>) => Promise<T>;

/** The slots of a user's open payments, of which there are `limit`. */
export function slots(use: UseSlots, limit: number): Pick<PaymentStore, "slots" | "takeSlot" | "freeSlot"> {
  const numbers = Array.from({ length: limit }, (_, n) => n + 1);

  return {
    slots: (user) =>
      use(async (collection) => {
        const ids = new Map(numbers.map((number) => [slotId(user, number), number]));
        const found = await collection.find({ _id: { $in: [...ids.keys()] } }).toArray();
        return found.map((document) => toSlot(user, ids.get(document._id) ?? 0, document));
      }),

    takeSlot: (slot, instead) =>
      use(async (collection) => {
        const { _id, ...fields } = fromSlot(slot);
        if (instead === undefined) return isFirst(collection.insertOne({ _id, ...fields }));
        const { matchedCount } = await collection.replaceOne({ _id, payment: instead.payment }, fields);
        return matchedCount === 1;
      }),

    freeSlot: (user, payment) =>
      use(async (collection) => {
        const ids = numbers.map((number) => slotId(user, number));
        await collection.deleteMany({ _id: { $in: ids }, payment });
      }),
  };
}

function slotId(user: string, number: number): string {
  return `${user}#${number}`;
}

function fromSlot({ user, number, payment, requestId, time }: Slot): SlotDocument {
  return { _id: slotId(user, number), payment, request_id: requestId, create_time: time };
}

function toSlot(user: string, number: number, document: SlotDocument): Slot {
  const { payment, request_id: requestId, create_time: time } = document;
  return { user, number, payment, requestId, time };
}
