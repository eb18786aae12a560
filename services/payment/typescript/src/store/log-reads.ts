import type { Collection } from "@theseus/mongo";
import type { LogEvent } from "../saga/payment-log.js";
import { type EventDocument, eventId, toEvent } from "./documents.js";

/** A place in a payment's log. */
export interface Place {
  readonly payment: string;
  readonly sequence: number;
}

/** How many events of each log one query asks for: most logs are no longer. */
const AT_ONCE = 6;

/**
 * The events after a place of each log, in order, by payment. A log has no gaps, so the ids are known: asking for a range
 * of ids instead makes some stores that speak this protocol look at every document.
 */
export async function readLogs(
  events: Collection<EventDocument>,
  after: readonly Place[],
): Promise<ReadonlyMap<string, readonly LogEvent[]>> {
  const logs = new Map<string, LogEvent[]>(after.map(({ payment }) => [payment, []]));
  for (let open = after; open.length > 0; ) {
    const documents = await events.find({ _id: { $in: open.flatMap(idsAfter) } }).toArray();
    const found = new Map(documents.map((document) => [document._id, document]));
    open = open.filter((place) => {
      const next = untilMissing(idsAfter(place).map((id) => found.get(id)));
      logs.get(place.payment)?.push(...next.map(toEvent));
      return next.length === AT_ONCE;
    });
    open = open.map(({ payment, sequence }) => ({ payment, sequence: sequence + AT_ONCE }));
  }
  return logs;
}

function idsAfter({ payment, sequence }: Place): readonly string[] {
  return Array.from({ length: AT_ONCE }, (_, n) => eventId(payment, sequence + 1 + n));
}

/** Events may be added while ids are looked up one by one: those after a missing one are left to the next query. */
function untilMissing<T>(found: readonly (T | undefined)[]): readonly T[] {
  const end = found.indexOf(undefined);
  return (end === -1 ? found : found.slice(0, end)).filter((entry) => entry !== undefined);
}
