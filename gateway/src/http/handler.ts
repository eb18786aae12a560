import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metadata } from "@grpc/grpc-js";
import { isServiceError, type Log, type Telemetry } from "@theseus/kit";
import { isUnary } from "@theseus/kit/contract";
import { type AnswerSettings, writeAnswer } from "../answer/write-answer.js";
import { writeJson } from "../answer/write-json.js";
import { type ErrorAnswer, isUnavailable, type ToErrorAnswer } from "../errors/error-answer.js";
import { GatewayError } from "../errors/gateway-error.js";
import { writeError } from "../errors/write-error.js";
import { assertToken } from "../request/access-token.js";
import { type ReadSettings, readRequest } from "../request/read-request.js";
import { passHeaders } from "../request/request-headers.js";
import type { Route } from "../routes/route.js";
import type { Router } from "../routes/router.js";
import { type CallContext, callUpstream } from "../upstream/call-upstream.js";
import type { Upstream } from "../upstream/upstream.js";
import { logAccess, statusOf } from "./access-log.js";
import { clientAddress } from "./client-address.js";
import { type Destination, findDestination } from "./dispatch.js";
import type { Endpoints } from "./endpoints.js";
import type { Exchange } from "./exchange.js";
import type { Pacer } from "./pacer.js";
import type { StreamBudget } from "./stream-budget.js";

/** What requests are handled with. */
export interface HandlerContext extends ReadSettings, AnswerSettings {
  readonly upstream: Upstream;
  readonly streams: StreamBudget;
  readonly toErrorAnswer: ToErrorAnswer;
  readonly router: Router<Route>;
  readonly endpoints: Endpoints;
  readonly passedHeaders: readonly string[];
  /** How long a stream whose call is lost may go without a message before its client is told, in ms. */
  readonly resumeMs: number;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Ends the requests of clients that have left. */
  readonly leave: Pacer;
  /** One for each request that is being answered; aborting it with STOPPING ends the request. */
  readonly running: Set<AbortController>;
}

/** Why requests are cut off when a stop has waited long enough. */
export const STOPPING = new GatewayError("SERVICE_UNAVAILABLE", "the gateway is stopping");

/** Answers one request and logs it. Never rejects. */
export async function handle(
  context: HandlerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, running, telemetry } = context;
  const started = performance.now();
  const { requestId, metadata, span } = passHeaders(request.headers, context.passedHeaders, (parent) =>
    telemetry.requested(request.method ?? "GET", parent),
  );
  setStandingHeaders(response, requestId);
  const ended = new AbortController();
  running.add(ended);
  response.once("close", () => {
    if (!response.writableFinished) context.leave(() => ended.abort());
  });
  let route: Route | undefined;
  let error: ErrorAnswer | undefined;
  let resumed = 0;
  const toErrorAnswer = (thrown: unknown) =>
    context.toErrorAnswer(ended.signal.reason === STOPPING ? STOPPING : thrown, route?.method.input);
  const onResume = (lost: unknown) => {
    resumed++;
    log.info({ event: "resume", request_id: requestId, rpc: route?.rpc, err: lost }, "a stream is resumed");
  };
  const exchange: Exchange = { request, response, signal: ended.signal, toErrorAnswer, onResume };
  try {
    const { method = "GET", url = "/" } = request;
    const destination = findDestination(context.router, context.endpoints, method, url);
    if (destination.kind === "route") route = destination.route;
    error = await respond(context, exchange, destination, metadata);
  } catch (thrown) {
    error = toErrorAnswer(thrown);
    if (error.httpStatus >= 500 && !response.destroyed) logCause(log, requestId, thrown);
    writeError(exchange, error);
  } finally {
    running.delete(ended);
  }
  const ms = performance.now() - started;
  const status = statusOf(response);
  span.end({ route: route?.path, status, requestId, reason: error?.reason });
  const place = telemetry.isOn ? { trace_id: span.traceId, span_id: span.spanId } : {};
  logAccess(log.child(place), { request, status, route, error, requestId, resumed, ms });
}

/** Reads, calls and answers. Returns an error that came too late for a status, and was written into a stream. */
async function respond(
  context: HandlerContext,
  exchange: Exchange,
  destination: Destination,
  metadata: Metadata,
): Promise<ErrorAnswer | undefined> {
  const { request, response, signal } = exchange;
  switch (destination.kind) {
    case "route": {
      const { route } = destination;
      assertToken(route, request.headers);
      using _place = isUnary(route.method) ? undefined : context.streams.enter(clientAddress(request));
      const call = await readRequest(destination, request, context);
      const resume = resumeOptions(exchange, context.resumeMs);
      const reply = await callUpstream(context.upstream, call, { metadata, signal, resume });
      return await writeAnswer(exchange, call, reply, context);
    }
    case "endpoint":
      writeJson(exchange, await destination.endpoint());
      return undefined;
    case "options":
      response.writeHead(204, { allow: destination.allow }).end();
      return undefined;
    default:
      return destination satisfies never;
  }
}

/** A stream goes on for as long as its client is there, whichever instance its messages come from. */
function resumeOptions(
  { response, signal, toErrorAnswer, onResume }: Exchange,
  limitMs: number,
): CallContext["resume"] {
  return {
    limitMs,
    onResume,
    isLost: (thrown) => isUnavailable(toErrorAnswer(thrown)),
    isWanted: () => !signal.aborted && !response.destroyed,
  };
}

/** Headers of every answer: no cache may keep it, and no browser may take it for anything but what it says it is. */
function setStandingHeaders(response: ServerResponse, requestId: string): void {
  response.setHeader("x-request-id", requestId);
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
}

/** The gateway's own errors need no explanation; why the upstream failed is in the upstream's log. */
function logCause(log: Log, requestId: string, thrown: unknown): void {
  if (thrown instanceof GatewayError) return;
  const level = isServiceError(thrown) ? "warn" : "error";
  log[level]({ event: "failed", request_id: requestId, err: thrown }, "a request failed");
}
