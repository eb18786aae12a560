import type { IncomingMessage, ServerResponse } from "node:http";

const LINGER_BYTES = 8 * 1024 * 1024;
const LINGER_MS = 2000;

/** True while a body is still to come. A request without one is complete only after its handler has returned. */
export function isArriving({ complete, headers }: IncomingMessage): boolean {
  const announced = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return announced && !complete;
}

/**
 * Ends an answer whose request is still arriving. Closing the connection at once would reset it for a client that is
 * still sending, and the client would lose the answer. So what still arrives is read and dropped first, up to a limit
 * in bytes and time.
 */
export function endAfter(request: IncomingMessage, response: ServerResponse): void {
  let left = LINGER_BYTES;
  const timer = setTimeout(end, LINGER_MS);
  timer.unref();
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  for (const event of ["end", "error", "close"]) request.once(event, end);
  request.resume();

  function end(): void {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  }
}
