import type { HttpClient } from "./http-client.js";

/** What one message tells of an item. */
export interface StockLevel {
  readonly item: string;
  readonly onHand: string;
  readonly held: string;
  readonly sold: string;
}

/** Somebody who watches stock over HTTP, in one request. */
export interface StockWatcher extends AsyncDisposable {
  /** Levels of the item, as they were told. */
  levels(item: string): readonly StockLevel[];
  /** Levels of the item on hand, as they were told. */
  onHand(item: string): readonly string[];
  /** What was told and is no level: errors, and the end. */
  readonly strange: readonly string[];
}

/** Both framings that a stream has. */
export const FRAMINGS = ["application/x-ndjson", "text/event-stream"] as const;

export function watchStock(http: HttpClient, path: string, accept: (typeof FRAMINGS)[number]): StockWatcher {
  const left = new AbortController();
  const levels: StockLevel[] = [];
  const strange: string[] = [];

  async function follow(): Promise<void> {
    const response = await fetch(http.base + path, { headers: { accept }, signal: left.signal });
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    }
    strange.push(`the end of ${response.status}`);
  }

  function take(line: string): void {
    const text = line.replace(/^data: /, "");
    const level = text.startsWith("{") ? JSON.parse(text).level : undefined;
    if (level !== undefined) levels.push(level);
    else if (!/^(id: .*|: .*|)$/.test(text)) strange.push(text);
  }

  const ended = follow().catch((thrown: unknown) => {
    if (!left.signal.aborted) strange.push(String(thrown));
  });
  const of = (item: string) => levels.filter((level) => level.item === item);
  return {
    levels: of,
    onHand: (item) => of(item).map((level) => level.onHand),
    strange,
    [Symbol.asyncDispose]: () => {
      left.abort();
      return ended;
    },
  };
}
