import { EMPTY_SCENE } from "../run/scene.js";
import { toCaseText } from "./case-text.js";
import type { Sequence } from "./generate/planned-call.js";
import { differenceOf, kindOf, type Played, sequenceOf } from "./play.js";
import { type Done, Search, type SearchOptions } from "./search.js";
import { shrink } from "./shrink.js";

export interface DifferOptions extends SearchOptions {
  /** Searches side by side, each with stores of its own; one where nothing is said. */
  readonly jobs?: number;
  onFound(found: FoundDifference): void;
}

export interface FoundDifference {
  readonly kind: string;
  /** The sequence, shrunk, as a case. */
  readonly text: string;
  /** False when it was seen once and never again. */
  readonly repeats: boolean;
}

export interface DifferResult extends Done {
  readonly found: readonly FoundDifference[];
}

/** Sends generated sequences of calls to both, until it is over. */
export async function findDifferences({ jobs = 1, ...options }: DifferOptions): Promise<DifferResult> {
  const searches: readonly Search[] = Array.from(
    { length: jobs },
    () => new Search({ ...options, isOver: () => options.isOver(doneBy(searches)) }),
  );
  const found = new Map<string, FoundDifference | undefined>();
  await Promise.all(
    searches.map(async (search) => {
      await using _ = search;
      await findAll(search, found, options);
    }),
  );
  return { ...doneBy(searches), found: [...found.values()].filter((each) => each !== undefined) };
}

function doneBy(searches: readonly Search[]): Done {
  return {
    sequences: searches.reduce((sum, { done }) => sum + done.sequences, 0),
    calls: searches.reduce((sum, { done }) => sum + done.calls, 0),
  };
}

/** Adds what it finds by its kind. One that another search is looking at has none yet. */
async function findAll(
  search: Search,
  found: Map<string, FoundDifference | undefined>,
  { onFound }: Pick<DifferOptions, "onFound">,
): Promise<void> {
  for (;;) {
    const showing = await search.next();
    if (showing === undefined) return;
    const kind = kindOf(showing);
    if (!found.has(kind)) {
      found.set(kind, undefined);
      const told = await tell(search, showing);
      if (told === undefined) found.delete(kind);
      else {
        found.set(kind, told);
        onFound(told);
      }
    }
    await search.anew();
  }
}

export interface FirstDifference {
  readonly kind: string;
  /** Number of the sequence that shows it. */
  readonly sequence: number;
}

/** Undefined when it is over before there is one. */
export async function findFirst(search: Search): Promise<FirstDifference | undefined> {
  for (;;) {
    const showing = await search.next();
    if (showing === undefined) return undefined;
    const found = { kind: kindOf(showing), sequence: search.sequence };
    if (!isOfTime(showing)) return found;
    await search.anew();
    if ((await search.shows(sequenceOf(showing), found.kind)) !== undefined) return found;
    await search.anew();
  }
}

/** Played again on new stores, shrunk there, and what is left once more: only what shows it on a new store is told. */
async function tell(search: Search, showing: Played): Promise<FoundDifference | undefined> {
  const kind = kindOf(showing);
  const shows = (sequence: Sequence) => search.shows(sequence, kind);
  await search.anew();
  const again = await shows(sequenceOf(showing));
  // Whoever has no time says so; what does not come again says nothing of the implementation.
  if (again === undefined && isOfTime(showing)) return undefined;
  if (again === undefined) return toFound(search, showing, false);
  const small = await shrink(again, shows);
  await search.anew();
  const smallAgain = await shows(sequenceOf(small));
  return toFound(search, smallAgain ?? again, true);
}

async function toFound(search: Search, showing: Played, repeats: boolean): Promise<FoundDifference> {
  const { service, seed, scene = EMPTY_SCENE } = search.options;
  const [a, b] = await search.sides();
  const name = `${shortName(service)}/found/${seed}-${search.sequence}`;
  const text = toCaseText(showing, { name, labels: [a.label, b.label], scope: showing.scope, scene });
  return { kind: kindOf(showing), text, repeats };
}

/** Ends of a call that can say how busy somebody is. */
const OF_TIME = /^(DEADLINE_EXCEEDED|UNAVAILABLE|CANCELLED|goes on)\b/;

/**
 * True for a difference that somebody without time makes too: a stream that was not waited for any longer is one, and what is
 * met when a time has run out.
 */
function isOfTime(showing: Played): boolean {
  if (showing.ranOut) return true;
  const { path, a, b } = differenceOf(showing) ?? { path: "", a: "", b: "" };
  return path === "messages" || (path === "status" && [a, b].some((end) => OF_TIME.test(String(end))));
}

/** `orders` of `theseus.orders.v1.OrderService`, else the service's own name in small letters. */
function shortName(service: string): string {
  const parts = service.split(".");
  return (parts.at(-3) ?? parts.at(-1) ?? "service").toLowerCase();
}
