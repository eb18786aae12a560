import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createBackOff } from "./back-off.js";
import type { UpstreamStream } from "./upstream.js";

/** The messages of a stream of replies, each once and in order, however many calls they come from. Read once. */
export interface ReplyStream extends AsyncIterable<Uint8Array> {
  /** What becomes of the calls: `answering` when one has its headers, `lost` when another is to follow it. */
  readonly calls: EventEmitter<{ answering: []; lost: [] }>;
}

/** How a stream is resumed whose call is lost between messages. */
export interface ResumeOptions {
  /** The request that goes on right after a message; undefined when the message does not say how. */
  readonly requestAfter: (request: Uint8Array, last: Uint8Array) => Uint8Array | undefined;
  /** True for an error after which another call may succeed. */
  readonly isLost: (thrown: unknown) => boolean;
  /** False as soon as nobody waits for messages. */
  readonly isWanted: () => boolean;
  /** Aborted when nobody waits for messages. */
  readonly signal: AbortSignal;
  /** After this no call is made. */
  readonly deadline: Date;
  /** How long there may be no progress, in ms. */
  readonly limitMs: number;
  /** Called before each further call, with what became of the one before. */
  readonly onResume: (lost: unknown) => void;
}

/** The messages of one call. Its error is the stream's. */
export function readReplies(open: () => UpstreamStream): ReplyStream {
  const calls = new EventEmitter<{ answering: []; lost: [] }>();
  return { calls, [Symbol.asyncIterator]: () => repliesOf(open(), calls) };
}

/**
 * The messages of as many calls as it takes: when one is lost, the next goes on right after the last message that was
 * taken, or begins as the first did when there was none. What cannot be resumed in time ends with the error of the last
 * call.
 */
export function readResumedReplies(
  open: (request: Uint8Array) => UpstreamStream,
  first: Uint8Array,
  options: ResumeOptions,
): ReplyStream {
  const calls = new EventEmitter<{ answering: []; lost: [] }>();
  const backOff = createBackOff({ limitMs: options.limitMs });

  async function* resumed(): AsyncGenerator<Uint8Array> {
    for (let request = first; ; ) {
      let last: Uint8Array | undefined;
      backOff.begin();
      try {
        for await (const bytes of repliesOf(open(request), calls)) {
          yield bytes;
          last = bytes;
        }
        return;
      } catch (thrown) {
        if (last) backOff.progress();
        request = nextRequest(thrown, request, last);
        await pause(thrown);
        options.onResume(thrown);
      }
    }
  }

  function nextRequest(thrown: unknown, request: Uint8Array, last: Uint8Array | undefined): Uint8Array {
    const next = last ? options.requestAfter(request, last) : request;
    if (!next || !options.isWanted() || !options.isLost(thrown)) throw thrown;
    return next;
  }

  /** Throws what is given when there is no time for another call, or when nobody waits for it any more. */
  async function pause(thrown: unknown): Promise<void> {
    const ms = backOff.next();
    if (ms === undefined || isLate(ms)) throw thrown;
    calls.emit("lost");
    await sleep(ms, undefined, { signal: options.signal }).catch(() => {});
    if (isLate(0) || !options.isWanted()) throw thrown;
  }

  function isLate(ms: number): boolean {
    return Date.now() + ms >= options.deadline.getTime();
  }

  return { calls, [Symbol.asyncIterator]: resumed };
}

/** Cancels the call when its reader leaves. */
async function* repliesOf(call: UpstreamStream, calls: ReplyStream["calls"]): AsyncGenerator<Uint8Array> {
  call.once("metadata", () => calls.emit("answering"));
  try {
    yield* call;
  } finally {
    call.cancel();
  }
}
