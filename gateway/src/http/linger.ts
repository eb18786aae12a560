import type { IncomingMessage, ServerResponse } from "node:http";

const LINGER_BYTES = 8 * 1024 * 1024;
const LINGER_MS = 2000;

/** True while a body is still to come. A request without one is complete only after its handler has returned. */
export function isArriving({ complete, headers }: IncomingMessage): boolean {
  const announced = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  return announced && !complete;
}

/**
 * Ends an answer that is written in full although its request has not arrived in full. Closing at once would reset the
 * connection under whoever is still sending, and the answer would be lost with it: what still comes is thrown away
 * first, up to a limit in bytes and time.
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
