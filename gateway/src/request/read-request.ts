import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { JsonValue, Registry } from "@bufbuild/protobuf";
import { isClientStream, isServerStream } from "@theseus/kit/contract";
import { GatewayError } from "../errors/gateway-error.js";
import { assertContentType, JSON_TYPE, NDJSON_TYPE, negotiate, SSE_TYPE } from "../http/media-type.js";
import { parseJsonBytes } from "../json/json-codec.js";
import type { Route, RouteMatch } from "../routes/route.js";
import { applyIdempotencyKey } from "./idempotency-key.js";
import { bindRequest } from "./request-binder.js";
import { jsonLimit, readBody } from "./request-body.js";
import { deadlineOf } from "./request-headers.js";
import { readMessages } from "./request-lines.js";
import { applyLastEventId } from "./resume-token.js";

/** What reading requests takes besides what the contract says. */
export interface ReadSettings {
  readonly registry: Registry;
  /** The longest that a call may take, in ms, where the contract does not say it. */
  readonly timeoutMs: number;
  /** Largest body, and largest line of a stream, in bytes, whatever a method allows. */
  readonly maxBodyBytes: number;
  /** JSON values in a body, or in a line of a stream. */
  readonly maxValues: number;
  /** How long the body of a plain request may take to arrive, in ms. */
  readonly bodyMs: number;
}

/** What a method is called with, in Protobuf: one message, or a stream of them that is still arriving. */
export type Input =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly messages: AsyncIterable<Uint8Array> };

/** A request, read and checked: the call that its client wants. */
export interface MethodCall {
  readonly route: Route;
  readonly input: Input;
  readonly deadline: Date;
  /** Media type of the answer. */
  readonly accepted: string;
  /** The key that the call goes out with, for a method that has one. */
  readonly idempotencyKey: string | undefined;
}

/** Reads headers, path, query and body. Throws a GatewayError for whatever is wrong with them. */
export async function readRequest(
  match: RouteMatch,
  request: IncomingMessage,
  settings: ReadSettings,
): Promise<MethodCall> {
  const { route } = match;
  const { method, policy } = route;
  const { headers } = request;
  const accepted = negotiate(headers.accept, isServerStream(method) ? [NDJSON_TYPE, SSE_TYPE] : [JSON_TYPE]);
  const deadline = deadlineOf(headers, policy?.timeoutMs || settings.timeoutMs, Date.now());
  const maxRequestBytes = policy?.maxRequestBytes || settings.maxBodyBytes;
  const binder = bindRequest(match, settings.registry, maxRequestBytes);
  const maxBytes = jsonLimit(maxRequestBytes, settings.maxBodyBytes);
  const { maxValues } = settings;
  const call = { route, accepted, deadline, idempotencyKey: undefined };
  if (isClientStream(method)) {
    assertContentType(headers, true);
    return {
      ...call,
      input: { kind: "stream", messages: readMessages(request, binder, { maxBytes, maxValues }) },
    };
  }
  const body = await readBody(request, maxBytes, settings.bodyMs);
  const message = binder.message(parseBody(route, headers, body, maxValues));
  const idempotencyKey = applyIdempotencyKey(route, message, headers);
  if (isServerStream(method)) applyLastEventId(method, message, headers);
  return { ...call, input: { kind: "message", bytes: binder.bytes(message) }, idempotencyKey };
}

function parseBody(
  route: Route,
  headers: IncomingHttpHeaders,
  body: Buffer,
  maxValues: number,
): JsonValue | undefined {
  if (body.length === 0) return undefined;
  if (route.body === undefined)
    throw new GatewayError("REQUEST_MALFORMED", `${route.httpMethod} ${route.path} takes no body`);
  assertContentType(headers, false);
  return parseJsonBytes(body, { where: "the body", maxValues });
}
