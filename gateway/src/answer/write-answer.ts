import { fromBinary, type Message, type Registry } from "@bufbuild/protobuf";
import type { ErrorAnswer } from "../errors/error-answer.js";
import type { Exchange } from "../http/exchange.js";
import { encodeMessage } from "../json/json-codec.js";
import type { MethodCall } from "../request/read-request.js";
import type { Reply } from "../upstream/call-upstream.js";
import { framingOf } from "./framing.js";
import { writeJson } from "./write-json.js";
import { writeStream } from "./write-stream.js";

/** What writing answers takes. */
export interface AnswerSettings {
  readonly registry: Registry;
  /** How long a stream may be silent before a heartbeat, in ms. */
  readonly heartbeatMs: number;
}

/**
 * Answers with what the upstream replied, as JSON. Throws what can still become a status; returns an error that came
 * later, and was written into the stream.
 */
export async function writeAnswer(
  exchange: Exchange,
  { route, accepted, idempotencyKey }: MethodCall,
  reply: Reply,
  settings: AnswerSettings,
): Promise<ErrorAnswer | undefined> {
  const { method, responseBody } = route;
  const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
  const decode = (bytes: Uint8Array) => fromBinary(method.output, bytes);
  const encode = (message: Message) => encodeMessage(method.output, message, settings.registry, responseBody);
  if (reply.kind === "message") {
    writeJson(exchange, { status: 200, body: encode(decode(reply.bytes)), headers });
    return undefined;
  }
  const framing = framingOf(accepted, method);
  const frame = (bytes: Uint8Array) => {
    const message = decode(bytes);
    return framing.message(encode(message), message);
  };
  const { heartbeatMs } = settings;
  return writeStream(exchange, reply.messages, { framing, frame, headers, heartbeatMs });
}
