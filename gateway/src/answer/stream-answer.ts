import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { fromBinary, type Registry } from "@bufbuild/protobuf";
import type { Failure } from "../errors/failure.js";
import { encodeMessage } from "../json/json-codec.js";
import type { Route } from "../routes/route.js";
import type { UpstreamStream } from "../upstream/upstream.js";
import type { Framing } from "./framing.js";

/** What streaming an answer takes besides the stream. */
export interface StreamAnswer {
  readonly route: Route;
  readonly registry: Registry;
  readonly framing: Framing;
  /** Headers of the answer besides the content type. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a stream may be silent before a heartbeat, in ms. */
  readonly heartbeatMs: number;
  /** How long after the upstream's headers a first message may take before the client gets its headers, in ms. */
  readonly headMs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  toFailure(thrown: unknown): Failure;
}

/**
 * Writes each message as it comes, and takes the next one from the upstream only when the client has room. An error
 * before anything was sent is thrown, and can still become a status; a later one is the last thing written, and is
 * answered.
 */
export async function answerStream(
  response: ServerResponse,
  stream: UpstreamStream,
  answer: StreamAnswer,
): Promise<Failure | undefined> {
  const { framing, route, registry, signal } = answer;
  const head = () => {
    if (!response.headersSent)
      response.writeHead(200, { ...answer.headers, "content-type": framing.contentType }).flushHeaders();
  };
  const beat = () => {
    head();
    if (framing.heartbeat && !response.writableNeedDrain) response.write(framing.heartbeat);
  };
  const heart = setInterval(beat, answer.heartbeatMs).unref();
  let waiting: NodeJS.Timeout | undefined;
  stream.once("metadata", () => {
    waiting = setTimeout(head, answer.headMs).unref();
  });
  try {
    for await (const bytes of stream) {
      const message = fromBinary(route.method.output, bytes);
      const text = framing.message(
        encodeMessage(route.method.output, message, registry, route.responseBody),
        message,
      );
      head();
      heart.refresh();
      if (!response.write(text)) await once(response, "drain", { signal });
    }
    head();
    response.end();
    return undefined;
  } catch (error) {
    stream.cancel();
    if (!response.headersSent || response.destroyed) throw error;
    const failure = answer.toFailure(error);
    response.end(framing.failure(JSON.stringify(failure.body)));
    return failure;
  } finally {
    clearInterval(heart);
    clearTimeout(waiting);
  }
}
