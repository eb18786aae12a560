import { once } from "node:events";
import { isServerStream } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import type { MethodCall } from "../request/read-request.js";
import { requestAfter } from "../request/resume-token.js";
import { type ReplyStream, type ResumeOptions, readReplies, readResumedReplies } from "./reply-stream.js";
import type { CallSettings, Upstream, UpstreamStream } from "./upstream.js";

/** What a call takes besides what its client wants. */
export interface CallContext extends Omit<CallSettings, "deadline"> {
  /** How a stream is resumed that the contract gives a resume token. */
  readonly resume: Omit<ResumeOptions, "requestAfter" | "signal" | "deadline">;
}

/** What the upstream replies, in Protobuf: one message, or a stream of them that is still running. */
export type Reply =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly messages: ReplyStream };

/**
 * Calls a method of any of the four shapes; a stream of replies is read as it is called. A status that is not OK is thrown, here or by the stream of the reply. An
 * error in the stream of the request cancels the call, and is thrown instead of the status.
 */
export async function callUpstream(
  upstream: Upstream,
  { route, deadline, input }: MethodCall,
  { metadata, signal, resume }: CallContext,
): Promise<Reply> {
  const settings = { metadata, signal, deadline };
  const { method, rpc } = route;
  const streams = isServerStream(method);
  if (input.kind === "stream") {
    const open = () => sendAll(input.messages, upstream.open(rpc, settings));
    return streams
      ? { kind: "stream", messages: readReplies(open) }
      : { kind: "message", bytes: await onlyMessage(open()) };
  }
  if (!streams) return { kind: "message", bytes: await upstream.call(rpc, input.bytes, settings) };
  const open = (request: Uint8Array) => sendOne(request, upstream.open(rpc, settings));
  const after = requestAfter(method);
  const messages = after
    ? readResumedReplies(open, input.bytes, { ...resume, requestAfter: after, signal, deadline })
    : readReplies(() => open(input.bytes));
  return { kind: "stream", messages };
}

function sendOne(request: Uint8Array, stream: UpstreamStream): UpstreamStream {
  stream.end(request);
  return stream;
}

function sendAll(messages: AsyncIterable<Uint8Array>, stream: UpstreamStream): UpstreamStream {
  void send(messages, stream);
  return stream;
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
