import type { StockLevel } from "@theseus/contract/theseus/inventory/v1/stock_level.js";
import type { WatchCursor } from "../rules/resume-token.js";
import type { Change } from "../rules/stock-level.js";
import type { LevelStore, Snapshot } from "../store/level-store.js";
import type { LevelFeed } from "./level-feed.js";

const PAGE = 200;
const BATCH = 512;

/** A level, and the cursor with which to go on after it. */
export interface Told {
  readonly stock: StockLevel;
  readonly cursor: WatchCursor;
}

export interface WatchOptions {
  readonly levels: LevelStore;
  readonly feed: LevelFeed;
  /** Ids of the items to tell of; none means all. */
  readonly items: readonly string[];
  readonly from: WatchCursor;
  readonly signal: AbortSignal;
}

/** Each item's level once, then every change, without gap or repetition from the cursor on. */
export async function* tellLevels(watch: WatchOptions): AsyncGenerator<Told> {
  let position = watch.from.position;
  if (watch.from.item !== undefined) {
    position = yield* tellFirst(watch, watch.from.item);
  } else if (position !== undefined) {
    // The store is asked even for what the feed has: only it knows whether the position is one of its own.
    for await (const change of changesBetween(watch, position)) {
      position = change.position;
      if (isWatched(watch, change)) yield { stock: change.stock, cursor: { position } };
    }
  }
  if (position !== undefined) yield* tellChanges(watch, position);
}

/**
 * The levels of all items in their order, a page at a time. Every item up to `done` is told of as of `position`: when
 * a page is read at a later position, the changes up to there of those items come first.
 */
async function* tellFirst(watch: WatchOptions, from: string): AsyncGenerator<Told, string> {
  let done = from;
  let position = watch.from.position;
  while (true) {
    const { page, isLast } = await readPage(watch, done);
    if (position !== undefined) {
      for await (const change of changesBetween(watch, position, page.position)) {
        const isTold = change.item <= done && isWatched(watch, change);
        if (isTold) yield { stock: change.stock, cursor: { position: change.position, item: done } };
      }
    }
    position = page.position;
    for (const [index, level] of page.levels.entries()) {
      done = level.item;
      const isEnd = isLast && index === page.levels.length - 1;
      yield { stock: level.stock, cursor: isEnd ? { position } : { position, item: done } };
    }
    if (isLast) return position;
  }
}

async function readPage(
  { levels, items }: WatchOptions,
  after: string,
): Promise<{ readonly page: Snapshot; readonly isLast: boolean }> {
  if (items.length > 0) {
    const left = items.filter((item) => item > after).sort();
    return { page: await levels.levelsOf(left), isLast: true };
  }
  const page = await levels.levelsAfter(after, PAGE);
  return { page, isLast: page.levels.length < PAGE };
}

async function* changesBetween(
  { levels, signal }: WatchOptions,
  from: string,
  until?: string,
): AsyncGenerator<Change> {
  let after = from;
  while (!signal.aborted) {
    const range = { after, limit: BATCH, ...(until !== undefined && { until }) };
    const changes = await levels.changes(range);
    yield* changes;
    after = changes.at(-1)?.position ?? after;
    if (changes.length < BATCH) return;
  }
}

async function* tellChanges(watch: WatchOptions, from: string): AsyncGenerator<Told> {
  const { feed, signal } = watch;
  let position = from;
  while (!signal.aborted) {
    const { version } = feed;
    const changes = await feed.after(position);
    for (const change of changes) {
      position = change.position;
      if (isWatched(watch, change)) yield { stock: change.stock, cursor: { position } };
    }
    if (changes.length === 0) await feed.changed(version, signal);
  }
}

function isWatched({ items }: WatchOptions, { item }: Change): boolean {
  return items.length === 0 || items.includes(item);
}
