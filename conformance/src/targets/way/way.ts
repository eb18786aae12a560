import { Worker } from "node:worker_threads";
import type { LinkAction } from "./link-action.js";
import type { StoreWrite } from "./store-writes.js";
import type { Answered, OpenedWay, WayRequest } from "./way-request.js";

/** A way to a server that a case can cut, hold up and mend. Others use the server undisturbed. */
export interface Way extends AsyncDisposable {
  /** The server's URL or address, with the way's own place in it. */
  readonly url: string;
  /** `server`: where it leads when it is mended, if that is another one than before. */
  perform(action: LinkAction, server?: string): Promise<void>;
  /** From now on what the server answers comes so many milliseconds later. */
  slow(byMs: number): Promise<void>;
  /** The writes that have gone over it, where the server speaks MongoDB's protocol. */
  writes(): Promise<readonly StoreWrite[]>;
}

/** To a server by its URL or address. A thread of its own carries all ways: a busy suite keeps nobody's store waiting. */
export async function openWay(target: string): Promise<Way> {
  const { way, url } = (await ask({ verb: "open", target })) as OpenedWay;
  const perform = async (request: WayRequest) => void (await ask(request));
  return {
    url,
    perform: (action, server) =>
      perform({ verb: "perform", way, action, ...(server !== undefined && { server }) }),
    slow: (byMs) => perform({ verb: "slow", way, byMs }),
    writes: async () => (await ask({ verb: "writes", way })) as readonly StoreWrite[],
    [Symbol.asyncDispose]: () => perform({ verb: "close", way }),
  };
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const waiting = new Map<number, Waiting>();
let thread: Worker | undefined;
let asked = 0;

function ask(request: WayRequest): Promise<unknown> {
  thread ??= startThread();
  asked += 1;
  const id = asked;
  thread.ref();
  thread.postMessage({ id, request });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

/** The process does not stay for its sake, but while an answer is due. */
function startThread(): Worker {
  const started = new Worker(new URL("./way-thread.js", import.meta.url));
  started.on("message", ({ id, result, fault }: Answered) => {
    const each = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) started.unref();
    if (fault === undefined) each?.resolve(result);
    else each?.reject(new Error(fault));
  });
  started.on("error", (error) => {
    thread = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  return started;
}
