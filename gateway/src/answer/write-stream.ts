import { once } from "node:events";
import type { ErrorAnswer } from "../errors/error-answer.js";
import type { Exchange } from "../http/exchange.js";
import type { ReplyStream } from "../upstream/reply-stream.js";
import type { Framing } from "./framing.js";

/** How long after the upstream's headers a first message may take before the client gets its headers, in ms. */
const HEAD_MS = 250;

/** How a stream is written. */
export interface StreamOptions {
  readonly framing: Framing;
  /** One message of the upstream as it goes out. */
  readonly frame: (bytes: Uint8Array) => string;
  /** Headers of the answer besides the content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a stream may be silent before a heartbeat, in ms. */
  readonly heartbeatMs: number;
}

/**
 * Writes each message as it comes, and takes the next one from the upstream only when the client has room. An error
 * before anything was sent is thrown, and can still become a status; a later one is the last thing written, and is
 * returned.
 */
export async function writeStream(
  { response, signal, toErrorAnswer }: Exchange,
  messages: ReplyStream,
  { framing, frame, headers, heartbeatMs }: StreamOptions,
): Promise<ErrorAnswer | undefined> {
  const head = () => {
    if (!response.headersSent)
      response.writeHead(200, { ...headers, "content-type": framing.contentType }).flushHeaders();
  };
  const beat = () => {
    head();
    if (framing.heartbeat && !response.writableNeedDrain) response.write(framing.heartbeat);
  };
  const heart = setInterval(beat, heartbeatMs).unref();
  let waiting: NodeJS.Timeout | undefined;
  messages.calls.on("answering", () => {
    waiting = setTimeout(head, HEAD_MS).unref();
  });
  messages.calls.on("lost", () => clearTimeout(waiting));
  try {
    for await (const bytes of messages) {
      const text = frame(bytes);
      head();
      heart.refresh();
      if (!response.write(text)) await once(response, "drain", { signal });
    }
    head();
    response.end();
    return undefined;
  } catch (thrown) {
    if (!response.headersSent || response.destroyed) throw thrown;
    const shown = toErrorAnswer(thrown);
    response.end(framing.error(JSON.stringify(shown.body)));
    return shown;
  } finally {
    clearInterval(heart);
    clearTimeout(waiting);
  }
}
