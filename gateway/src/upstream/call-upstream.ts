import { once } from "node:events";
import { isServerStream } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import type { MethodCall } from "../request/read-request.js";
import type { CallSettings, Upstream, UpstreamStream } from "./upstream.js";

/** What the upstream replies, in Protobuf: one message, or a stream of them that is still running. */
export type Reply =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly messages: UpstreamStream };

/**
 * Calls a method of any of the four shapes. A status that is not OK is thrown, here or by the stream of the reply. An
 * error in the stream of the request cancels the call, and is thrown instead of the status.
 */
export async function callUpstream(
  upstream: Upstream,
  { route, deadline, input }: MethodCall,
  context: Omit<CallSettings, "deadline">,
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
    // In this order, so that the reader of the stream gets this error and not the status CANCELLED.
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
