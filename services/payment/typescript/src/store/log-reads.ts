import type { Collection } from "@theseus/mongo";
import type { LogEvent } from "../saga/payment-log.js";
import { type EventDocument, eventId, toEvent } from "./documents.js";
import { idBatches } from "./id-batches.js";

/** A place in a payment's log. */
export interface Place {
  readonly payment: string;
  readonly sequence: number;
}

/** How many events of a log are asked for first: most logs are no longer. */
const FIRST = 6;
/** Long logs are read in longer and longer pieces, up to this many events. */
const LONGEST = 48;

/**
 * The events after a place of each log, in order, by payment: all of them, or at least `limit` where there are so many. A
 * log has no gaps, so the ids are known: asking for a range of ids instead makes some stores that speak this protocol look
 * at every document.
 */
export async function readLogs(
  events: Collection<EventDocument>,
  after: readonly Place[],
  limit = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, readonly LogEvent[]>> {
  const logs = new Map<string, LogEvent[]>(after.map(({ payment }) => [payment, []]));
  let open = after;
  for (let count = FIRST; open.length > 0; count = Math.min(LONGEST, 2 * count)) {
    const found = await findAll(
      events,
      open.flatMap((place) => idsAfter(place, count)),
    );
    open = open.flatMap((place) => {
      const log = logs.get(place.payment) ?? [];
      const next = untilMissing(idsAfter(place, count).map((id) => found.get(id)));
      log.push(...next.map(toEvent));
      const more = next.length === count && log.length < limit;
      return more ? [{ payment: place.payment, sequence: place.sequence + count }] : [];
    });
  }
  return logs;
}

/** One query after the other: a long list leaves connections to others. */
async function findAll(
  events: Collection<EventDocument>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, EventDocument>> {
  const found = new Map<string, EventDocument>();
  for (const batch of idBatches(ids))
    for (const document of await events.find({ _id: { $in: batch } }).toArray())
      found.set(document._id, document);
  return found;
}

function idsAfter({ payment, sequence }: Place, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => eventId(payment, sequence + 1 + n));
}

/** Events may be added while ids are looked up one by one: those after a missing one are left to the next query. */
function untilMissing<T>(found: readonly (T | undefined)[]): readonly T[] {
  const end = found.indexOf(undefined);
  return (end === -1 ? found : found.slice(0, end)).filter((entry) => entry !== undefined);
}
