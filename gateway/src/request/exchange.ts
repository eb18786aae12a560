import type { IncomingMessage, ServerResponse } from "node:http";
import { fromBinary, type Registry } from "@bufbuild/protobuf";
import { framingOf } from "../answer/framing.js";
import { answerStream } from "../answer/stream-answer.js";
import type { Failure } from "../errors/failure.js";
import { GatewayError } from "../errors/gateway-error.js";
import { assertContentType, JSON_TYPE, NDJSON_TYPE, negotiate, SSE_TYPE } from "../http/media-type.js";
import { encodeMessage, parseJsonBytes } from "../json/json-codec.js";
import { isClientStream, isServerStream } from "../routes/method-settings.js";
import type { RequestPath } from "../routes/request-path.js";
import type { Route } from "../routes/route.js";
import type { CallSettings, Upstream, UpstreamStream } from "../upstream/upstream.js";
import { applyIdempotencyKey } from "./idempotency-key.js";
import { bindRequest, type RequestBinder } from "./request-binding.js";
import { jsonLimit, readBody } from "./request-body.js";
import { deadlineOf, type Passed } from "./request-headers.js";
import { applyLastEventId } from "./resume-token.js";
import { sendLines } from "./stream-request.js";

/** What every exchange of a gateway shares. */
export interface ExchangeContext {
  readonly registry: Registry;
  readonly upstream: Upstream;
  /** Largest body, and largest line of a stream, in bytes, whatever a method allows. */
  readonly maxBodyBytes: number;
  readonly heartbeatMs: number;
  readonly headMs: number;
  /** How long the body of a plain request may take to arrive, in ms. */
  readonly bodyMs: number;
}

/** One request that has found its route. */
export interface Exchange {
  readonly route: Route;
  readonly path: RequestPath;
  readonly query: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly passed: Passed;
  /** Headers that every answer carries. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client is gone or the gateway stops. */
  readonly signal: AbortSignal;
  /** What a client gets to see of an error that comes too late for a status. */
  readonly toFailure: (thrown: unknown) => Failure;
}

/** Calls the upstream and answers. Throws what can still become a status; answers a failure that came later. */
export async function carryOut(context: ExchangeContext, exchange: Exchange): Promise<Failure | undefined> {
  const { route, request, passed, signal } = exchange;
  const streams = isServerStream(route.method);
  const type = negotiate(request.headers.accept, streams ? [NDJSON_TYPE, SSE_TYPE] : [JSON_TYPE]);
  const deadline = deadlineOf(request.headers, route.settings.timeoutMs, Date.now());
  const settings: CallSettings = { metadata: passed.metadata, deadline, signal };
  const binder = bindRequest(route, exchange.path, exchange.query, context.registry);
  if (isClientStream(route.method)) {
    assertContentType(request.headers, true);
    const stream = context.upstream.open(route.rpc, settings);
    const sent = sendAll(context, exchange, stream, binder);
    const answered = streams
      ? streamOut(context, exchange, stream, type)
      : answerOne(context, exchange, stream);
    return (await Promise.all([answered, sent]))[0];
  }
  const { bytes, headers } = await readRequest(context, exchange, binder);
  if (!streams) {
    const answer = await context.upstream.call(route.rpc, bytes, settings);
    return sendJson(context, exchange, answer, headers);
  }
  const stream = context.upstream.open(route.rpc, settings);
  stream.end(bytes);
  return streamOut(context, exchange, stream, type);
}

async function readRequest(context: ExchangeContext, { route, request }: Exchange, binder: RequestBinder) {
  const limit = jsonLimit(route.settings.maxRequestBytes, context.maxBodyBytes);
  const body = await within(context.bodyMs, readBody(request, limit));
  const message = binder.message(parseBody(route, request, body));
  const headers: Record<string, string> = {};
  const field = route.settings.idempotencyField;
  if (field) {
    const given = request.headers["idempotency-key"];
    headers["idempotency-key"] = applyIdempotencyKey(route.method.input, field, message, given?.toString());
  }
  if (isServerStream(route.method)) {
    applyLastEventId(route.method, message, request.headers["last-event-id"]?.toString());
  }
  return { bytes: binder.bytes(message), headers };
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new GatewayError("DEADLINE_EXCEEDED", "the body did not arrive in time", {
      httpStatus: 408,
    });
    timer = setTimeout(reject, ms, error);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function parseBody(route: Route, request: IncomingMessage, body: Buffer) {
  if (body.length === 0) return undefined;
  if (route.body === undefined)
    throw new GatewayError("REQUEST_MALFORMED", `${route.httpMethod} ${route.path} takes no body`);
  assertContentType(request.headers, false);
  return parseJsonBytes(body, "the body");
}

async function sendAll(
  context: ExchangeContext,
  exchange: Exchange,
  stream: UpstreamStream,
  binder: RequestBinder,
): Promise<void> {
  const limit = jsonLimit(exchange.route.settings.maxRequestBytes, context.maxBodyBytes);
  try {
    await sendLines(exchange.request, stream, binder, limit);
  } catch (error) {
    stream.cancel();
    throw error;
  }
}

async function answerOne(
  context: ExchangeContext,
  exchange: Exchange,
  stream: UpstreamStream,
): Promise<undefined> {
  let answer: Buffer | undefined;
  for await (const bytes of stream) answer = bytes;
  if (!answer) throw new GatewayError("INTERNAL", "the service gave no answer");
  return sendJson(context, exchange, answer, {});
}

function streamOut(context: ExchangeContext, exchange: Exchange, stream: UpstreamStream, type: string) {
  const { route, headers, signal, toFailure } = exchange;
  const { registry, heartbeatMs, headMs } = context;
  const framing = framingOf(type, route.method);
  return answerStream(exchange.response, stream, {
    route,
    registry,
    framing,
    headers,
    heartbeatMs,
    headMs,
    signal,
    toFailure,
  });
}

function sendJson(
  context: ExchangeContext,
  { route, request, response, headers }: Exchange,
  answer: Buffer,
  more: Readonly<Record<string, string>>,
): undefined {
  const { output } = route.method;
  const text = encodeMessage(output, fromBinary(output, answer), context.registry, route.responseBody);
  const length = String(Buffer.byteLength(text));
  response.writeHead(200, { ...headers, ...more, "content-type": JSON_TYPE, "content-length": length });
  response.end(request.method === "HEAD" ? undefined : text);
}
