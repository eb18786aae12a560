import { once } from "node:events";
import type { Metadata } from "@grpc/grpc-js";
import { isServerStream } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import type { MethodCall } from "../request/read-request.js";
import type { Upstream, UpstreamStream } from "./upstream.js";

/** What the upstream says to a call, in Protobuf: one message, or a stream of them that is still running. */
export type Reply =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly messages: UpstreamStream };

/** What goes with a call besides what its client asks. */
export interface CallContext {
  readonly metadata: Metadata;
  /** Aborting it cancels the call. */
  readonly signal: AbortSignal;
}

/**
 * Calls a method of any of the four shapes. Throws the failed status; that of a stream of replies is the stream's
 * error. A fault in a stream of requests cancels the call, and comes out in place of its status.
 */
export async function callUpstream(
  upstream: Upstream,
  { route, deadline, input }: MethodCall,
  context: CallContext,
): Promise<Reply> {
  const settings = { ...context, deadline };
  const streams = isServerStream(route.method);
  if (input.kind === "message" && !streams)
    return { kind: "message", bytes: await upstream.call(route.rpc, input.bytes, settings) };
  const stream = upstream.open(route.rpc, settings);
  if (input.kind === "message") stream.end(input.bytes);
  else void send(input.messages, stream);
  return streams
    ? { kind: "stream", messages: stream }
    : { kind: "message", bytes: await onlyMessage(stream) };
}

/** Sends messages no faster than the upstream takes them, until there are no more or the upstream ends the call. */
async function send(messages: AsyncIterable<Uint8Array>, stream: UpstreamStream): Promise<void> {
  const ended = new AbortController();
  stream.once("status", () => ended.abort());
  try {
    for await (const bytes of messages) {
      if (ended.signal.aborted) return;
      if (!stream.write(bytes)) await once(stream, "drain", { signal: ended.signal }).catch(() => {});
    }
    stream.end();
  } catch (thrown) {
    // In this order: who reads the stream then sees what was thrown, not CANCELLED.
    stream.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    stream.cancel();
  }
}

async function onlyMessage(stream: UpstreamStream): Promise<Uint8Array> {
  let last: Uint8Array | undefined;
  for await (const bytes of stream) last = bytes;
  if (last === undefined) throw new GatewayError("INTERNAL", "the service gave no answer");
  return last;
}
