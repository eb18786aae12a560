import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { abortable, linkSignals } from "../streams/abortable.js";
import type { BoundMethod } from "./bind.js";
import { isAsyncIterable } from "./handler-end.js";
import { type RequestCodec, readRequest } from "./request-codec.js";
import type { WireCall } from "./wire-call.js";

/** The request of a method that takes one: exactly one message, then the end. */
export async function readOne(codec: RequestCodec, wire: WireCall, signal: AbortSignal): Promise<unknown> {
  const only = await abortable(wire.receive(), signal);
  if (only === undefined) throw new StatusError(ErrorReason.REQUEST_MALFORMED, "the request has no message");
  const request = readRequest(codec, only);
  if ((await abortable(wire.receive(), signal)) !== undefined) {
    throw new StatusError(ErrorReason.REQUEST_MALFORMED, "the request has more than one message");
  }
  return request;
}

/** The requests of a method that takes a stream, each one checked as it is read. */
export async function* readAll(
  codec: RequestCodec,
  wire: WireCall,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  for (let index = 0; ; index++) {
    const bytes = await abortable(wire.receive(), signal);
    if (bytes === undefined) return;
    yield readRequest(codec, bytes, index);
  }
}

/** Sends the one response. */
export async function writeOne(
  output: unknown,
  method: Pick<BoundMethod, "encode">,
  wire: WireCall,
  signal: AbortSignal,
): Promise<void> {
  await wire.send(method.encode(await abortable(Promise.resolve(output), signal)));
}

/**
 * Sends the responses as fast as the caller takes them. When the call is over, or the server stops, `return()` of the
 * handler's iterator is called, but not awaited: the handler may be waiting for something else.
 */
export async function writeAll(
  output: unknown,
  method: Pick<BoundMethod, "encode" | "path">,
  wire: WireCall,
  signal: AbortSignal,
  draining: AbortSignal,
): Promise<void> {
  if (!isAsyncIterable(output)) throw new TypeError(`the handler of ${method.path} gives no async iterable`);
  const iterator = output[Symbol.asyncIterator]();
  using over = linkSignals(signal, draining);
  let done = false;
  try {
    while (!done) {
      const next = await abortable(iterator.next(), over.signal);
      done = next.done === true;
      if (!done) await abortable(wire.send(method.encode(next.value)), signal);
    }
  } catch (thrown) {
    throw thrown === draining.reason && !signal.aborted ? stopping() : thrown;
  } finally {
    if (!done) void leave(iterator);
  }
}

async function leave(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The call has its status already.
  }
}

function stopping(): StatusError {
  return new StatusError(
    ErrorReason.SERVICE_UNAVAILABLE,
    "the server is stopping; ask again where the stream ended",
  );
}
