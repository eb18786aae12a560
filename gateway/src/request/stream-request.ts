import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { GatewayError } from "../errors/gateway-error.js";
import { parseJsonBytes } from "../json/json-codec.js";
import type { UpstreamStream } from "../upstream/upstream.js";
import type { RequestBinder } from "./request-binding.js";
import { type Line, readLines } from "./request-body.js";

/**
 * Sends each line of a body as a message, no faster than the upstream takes them, then closes the sending side. Ends
 * quietly when the upstream ends the call. Throws for a line that is not the message, and names it.
 */
export async function sendLines(
  request: IncomingMessage,
  stream: UpstreamStream,
  binder: RequestBinder,
  limit: number,
): Promise<void> {
  const ended = new AbortController();
  stream.once("status", () => ended.abort());
  for await (const line of readLines(request, limit)) {
    if (ended.signal.aborted) return;
    const bytes = toMessage(line, binder);
    if (stream.write(bytes)) continue;
    await once(stream, "drain", { signal: ended.signal }).catch(() => {});
  }
  stream.end();
}

function toMessage(line: Line, binder: RequestBinder): Uint8Array {
  const where = `line ${line.number}`;
  try {
    return binder.bytes(binder.message(parseJsonBytes(line.bytes, where)));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const message = error.message.startsWith(where) ? error.message : `${where}: ${error.message}`;
    throw new GatewayError(error.reason, message, { ...error, metadata: { line: String(line.number) } });
  }
}
