import type { Clock } from "@theseus/kit";
import type { Marker } from "../store/payment-store.js";

/** The order in which marked payments are taken up, so that those that cannot end do not keep others waiting. */
export interface RecoveryQueue {
  /** All marks that there are now. Payments without one are forgotten. */
  put(marks: readonly Marker[]): void;
  /** The mark to take up next, which has a place until it is given back; undefined when there is none for now. */
  take(): Marker | undefined;
  /** `done` when nothing is left to do; otherwise the payment is put off, each time for twice as long. */
  giveBack(payment: string, outcome: { readonly done: boolean }): void;
}

/** How many payments are taken up at once for the first time. */
const FIRST_AT_ONCE = 8;
/** How many are taken up at once that got no definite answer before. */
const AGAIN_AT_ONCE = 4;
const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;

interface Entry {
  readonly marker: Marker;
  readonly underWay: boolean;
  /** For how long it was put off, in ms: 0 before it is first taken up. */
  readonly putOffMs: number;
  readonly due: number;
}

export function createRecoveryQueue(clock: Clock): RecoveryQueue {
  let entries = new Map<string, Entry>();

  function put(marks: readonly Marker[]): void {
    const next = new Map([...entries].filter(([, { underWay }]) => underWay));
    for (const marker of marks.toSorted(byAge)) {
      const { payment } = marker;
      if (next.has(payment)) continue;
      const known = entries.get(payment) ?? { underWay: false, putOffMs: 0, due: 0 };
      next.set(payment, { ...known, marker });
    }
    entries = next;
  }

  function take(): Marker | undefined {
    const all = [...entries.values()];
    const isFirst = ({ putOffMs }: Entry) => putOffMs === 0;
    const entry =
      next(all.filter(isFirst), FIRST_AT_ONCE) ??
      next(
        all.filter((each) => !isFirst(each)),
        AGAIN_AT_ONCE,
      );
    if (entry) entries.set(entry.marker.payment, { ...entry, underWay: true });
    return entry?.marker;
  }

  function next(all: readonly Entry[], places: number): Entry | undefined {
    if (all.filter(({ underWay }) => underWay).length >= places) return undefined;
    const now = clock.now().getTime();
    return all.filter(({ underWay, due }) => !underWay && due <= now).toSorted(byPatience)[0];
  }

  return {
    put,
    take,
    giveBack: (payment, { done }) => {
      const entry = entries.get(payment);
      if (done) entries.delete(payment);
      else if (entry) entries.set(payment, putOff(entry, clock));
    },
  };
}

function putOff({ marker, putOffMs }: Entry, clock: Clock): Entry {
  const forMs = Math.min(LONGEST_MS, 2 * putOffMs || SHORTEST_MS);
  return { marker, underWay: false, putOffMs: forMs, due: clock.now().getTime() + forMs };
}

/** Of one payment's marks the first comes first: a later one may be of an event that is still to come. */
function byAge(a: Marker, b: Marker): number {
  return a.time.getTime() - b.time.getTime() || a.sequence - b.sequence;
}

/** Who was put off the fewest times comes first, then who has waited for the longest. */
function byPatience(a: Entry, b: Entry): number {
  return a.putOffMs - b.putOffMs || a.due - b.due || byAge(a.marker, b.marker);
}
