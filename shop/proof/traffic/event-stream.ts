import { setTimeout as sleep } from "node:timers/promises";

/** One message of a watch. */
export interface StreamedEvent {
  /** The resume token. */
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes
  readonly data: any;
}

export interface Followed {
  readonly events: readonly StreamedEvent[];
  /** How often it went on with a resume token. */
  readonly resumed: number;
  /** Refusals that no repeat mends. */
  readonly refusals: readonly string[];
}

export interface FollowOptions {
  /** Base URL of the edge. */
  readonly edge: string;
  readonly path: string;
  readonly token?: () => Promise<string>;
  /** Ends it from outside; a watch also ends when the shop ends it in good order. */
  readonly signal: AbortSignal;
  /** Begins right after the event with this id. */
  readonly after?: string;
  /** Called after each event; true ends the watch. */
  readonly seen?: (event: StreamedEvent) => boolean;
}

/** More than two of the gateway's heartbeats. */
const silenceMs = 35_000;
const pauseMs = 300;

/** Follows server-sent events as a browser does: a stream that breaks goes on with the id of the last event. */
export async function follow(options: FollowOptions): Promise<Followed> {
  const events: StreamedEvent[] = [];
  const refusals: string[] = [];
  let resumed = 0;
  for (let over = false; !over && !options.signal.aborted; ) {
    const after = events.at(-1)?.id ?? options.after;
    if (events.length > 0) resumed++;
    try {
      over = await readOnce(options, after, { events, refusals });
    } catch {
      // Cut off, silent, or not let in: it begins again.
    }
    if (!over) await sleep(pauseMs);
  }
  return { events, resumed, refusals };
}

interface Seen {
  readonly events: StreamedEvent[];
  readonly refusals: string[];
}

/** Reads one answer; true when the watch is over. */
async function readOnce(options: FollowOptions, after: string | undefined, seen: Seen): Promise<boolean> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const response = await open(options, after, AbortSignal.any([options.signal, silence.signal]));
    if (response.status !== 200 || response.body === null)
      return isRefused(await response.text(), response.status, seen);
    let rest = "";
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      const blocks = (rest + chunk).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event === undefined) continue;
        if (event.type === "error") return isRefused(event.data, 0, seen);
        const message = { id: event.id, data: JSON.parse(event.data) };
        seen.events.push(message);
        if (options.seen?.(message)) return true;
      }
    }
    return rest === "";
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

async function open({ edge, path, token }: FollowOptions, after: string | undefined, signal: AbortSignal) {
  const headers = {
    accept: "text/event-stream",
    ...(token === undefined ? {} : { authorization: `Bearer ${await token()}` }),
    ...(after === undefined ? {} : { "last-event-id": after }),
  };
  return fetch(edge + path, { headers, signal });
}

/** A token that is not taken ends a watch; whatever else is temporary. */
function isRefused(text: string, status: number, { refusals }: Seen): boolean {
  const reason = /"reason":"(RESUME_TOKEN_[A-Z]+|PAYMENT_NOT_FOUND)"/.exec(text)?.[1];
  if (reason === undefined) return false;
  refusals.push(status === 0 ? reason : `${status} ${reason}`);
  return true;
}

function parse(block: string): { id: string; type: string; data: string } | undefined {
  const fields = new Map(
    block
      .split("\n")
      .filter((line) => !line.startsWith(":"))
      .map((line) => {
        const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        return [name, value];
      }),
  );
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { id: fields.get("id") ?? "", type: fields.get("event") ?? "message", data };
}
