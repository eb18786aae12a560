import type { StockLevel } from "@theseus/contract/theseus/inventory/v1/stock_level.js";
import type { WatchCursor } from "../rules/resume-token.js";
import type { Change } from "../rules/stock-level.js";
import type { LevelStore, Snapshot } from "../store/level-store.js";
import { isStoreAway } from "../store/redis-connection.js";
import type { LevelFeed } from "./level-feed.js";

const PAGE = 200;
const BATCH = 512;
const RETRY_MS = 200;

/** A level, and the cursor to resume from after it. */
export interface LevelUpdate {
  readonly stock: StockLevel;
  readonly cursor: WatchCursor;
}

export interface WatchOptions {
  readonly levels: LevelStore;
  readonly feed: LevelFeed;
  /** Ids of the watched items; none means all. */
  readonly items: readonly string[];
  readonly from: WatchCursor;
  readonly signal: AbortSignal;
}

/** From the cursor on, without gap or repetition: the level of each item once, then every change. */
export async function* levelUpdates(watch: WatchOptions): AsyncGenerator<LevelUpdate> {
  let position = watch.from.position;
  if (watch.from.item !== undefined) {
    position = yield* firstLevels(watch, watch.from.item);
  } else if (position !== undefined) {
    // The store is asked even where the feed reaches back far enough: only it recognises a position that it never had.
    for await (const change of changesBetween(watch, position)) {
      position = change.position;
      if (isWatched(watch, change)) yield { stock: change.stock, cursor: { position } };
    }
  }
  if (position !== undefined) yield* laterChanges(watch, position);
}

/**
 * The levels of all items in their order, a page at a time. For every item up to `done`, the watcher has the level as of
 * `position`. Each further page is read at a later position: the changes of those items between the two come first.
 */
async function* firstLevels(watch: WatchOptions, from: string): AsyncGenerator<LevelUpdate, string> {
  let done = from;
  let position = watch.from.position;
  while (true) {
    const { page, isLast } = await readPage(watch, done);
    if (position !== undefined) {
      for await (const change of changesBetween(watch, position, page.position)) {
        const isKnown = change.item <= done && isWatched(watch, change);
        if (isKnown) yield { stock: change.stock, cursor: { position: change.position, item: done } };
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

async function* laterChanges(watch: WatchOptions, from: string): AsyncGenerator<LevelUpdate> {
  const { feed, signal } = watch;
  let position = from;
  while (!signal.aborted) {
    const { version } = feed;
    const changes = await feed.after(position).catch(ifAway);
    if (changes === undefined) {
      await feed.changed(version, AbortSignal.any([signal, AbortSignal.timeout(RETRY_MS)]));
      continue;
    }
    for (const change of changes) {
      position = change.position;
      if (isWatched(watch, change)) yield { stock: change.stock, cursor: { position } };
    }
    if (changes.length === 0) await feed.changed(version, signal);
  }
}

/** An open watch outlives an outage of the store: it has its position, and asks again. */
function ifAway(error: unknown): undefined {
  if (!isStoreAway(error)) throw error;
}

function isWatched({ items }: WatchOptions, { item }: Change): boolean {
  return items.length === 0 || items.includes(item);
}
