import type { HttpClient } from "../../../test/system/http-client.js";
import {
  FRAMINGS,
  type StockLevel,
  type StockWatcher,
  watchStock,
} from "../../../test/system/stock-watcher.js";
import { type Violation, violation } from "../../invariants/violation.js";

/** Streams of stock that stay open, each in one request: half of them NDJSON, half server-sent events. */
export interface StockStreams extends AsyncDisposable {
  /** Messages that all of them were told so far. */
  readonly messages: number;
  /** Whether each has told the last level of its item. */
  haveAll(levels: ReadonlyMap<string, StockLevel>): boolean;
  /** What no stream may tell: an error, an end, a message that is not the next one. */
  wrong(): readonly Violation[];
}

export function openStockStreams(http: HttpClient, items: readonly string[], count: number): StockStreams {
  const streams = Array.from({ length: count }, (_, index) => {
    const item = items[Math.floor(index / FRAMINGS.length) % items.length] as string;
    const framing = FRAMINGS[index % FRAMINGS.length] as (typeof FRAMINGS)[number];
    const name = `stream ${index + 1} (${framing}) of ${item}`;
    return { name, item, watcher: watchStock(http, `/v1/items:watchStock?items=${item}`, framing) };
  });
  return {
    get messages() {
      return streams.reduce((sum, { item, watcher }) => sum + watcher.levels(item).length, 0);
    },
    haveAll: (levels) =>
      streams.every(({ item, watcher }) => textOf(watcher.levels(item).at(-1)) === textOf(levels.get(item))),
    wrong: () => streams.flatMap(({ name, item, watcher }) => wrongStream(name, watcher, item)),
    async [Symbol.asyncDispose]() {
      await Promise.all(streams.map(({ watcher }) => watcher[Symbol.asyncDispose]()));
    },
  };
}

function wrongStream(name: string, watcher: StockWatcher, item: string): readonly Violation[] {
  const strange = watcher.strange.map((text) => violation("lost", name, `told ${text}`));
  return [...strange, ...wrongLevels(name, watcher.levels(item))];
}

/**
 * Each change of an item of which pieces are reserved, released and sold one at a time is one of three steps, and no two of them
 * together look like one: whatever is left out or told twice is no step.
 */
export function wrongLevels(name: string, levels: readonly StockLevel[]): readonly Violation[] {
  return levels.slice(1).flatMap((level, index) => {
    const before = levels[index] as StockLevel;
    if (isStep(before, level)) return [];
    const isTwice = textOf(before) === textOf(level);
    const detail = `told ${textOf(level)} after ${textOf(before)}, message ${index + 2} of ${levels.length}`;
    return [violation(isTwice ? "double" : "lost", name, detail)];
  });
}

function isStep(before: StockLevel, after: StockLevel): boolean {
  const by = (field: "onHand" | "held" | "sold") => Number(after[field]) - Number(before[field]);
  const step = `${by("onHand")} ${by("held")} ${by("sold")}`;
  return step === "0 1 0" || step === "0 -1 0" || step === "-1 -1 1";
}

function textOf(level: StockLevel | undefined): string {
  return level === undefined ? "nothing" : `${level.onHand}/${level.held}/${level.sold}`;
}
