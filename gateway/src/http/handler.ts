import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "@theseus/kit";
import { type Failure, isServiceError, type ToFailure } from "../errors/failure.js";
import { GatewayError } from "../errors/gateway-error.js";
import { carryOut, type ExchangeContext } from "../request/exchange.js";
import { type Passed, passHeaders } from "../request/request-headers.js";
import type { Route } from "../routes/route.js";
import type { Router } from "../routes/router.js";
import { logAccess } from "./access-log.js";
import { findDestination } from "./dispatch.js";
import type { Endpoints } from "./endpoints.js";
import { endAfter } from "./linger.js";
import { JSON_TYPE } from "./media-type.js";

/** All that answering requests takes. */
export interface HandlerContext extends ExchangeContext {
  readonly toFailure: ToFailure;
  readonly router: Router<Route>;
  readonly endpoints: Endpoints;
  readonly passedHeaders: readonly string[];
  readonly log: Log;
  /** One for each request that is being answered; aborting it with STOPPING ends the request. */
  readonly running: Set<AbortController>;
}

/** Why requests are cut off when a stop has waited long enough. */
export const STOPPING = new GatewayError("SERVICE_UNAVAILABLE", "the gateway is stopping");

type Headers = Readonly<Record<string, string>>;

/** Answers one request and logs it. Never rejects. */
export async function handle(
  context: HandlerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, running } = context;
  const started = performance.now();
  const passed = passHeaders(request.headers, context.passedHeaders);
  const ended = new AbortController();
  running.add(ended);
  response.once("close", () => ended.abort());
  let route: Route | undefined;
  let failure: Failure | undefined;
  const toFailure = (thrown: unknown) =>
    context.toFailure(ended.signal.reason === STOPPING ? STOPPING : thrown, route?.method.input);
  try {
    const { method = "GET", url = "/" } = request;
    const destination = findDestination(context.router, context.endpoints, method, url);
    const headers = standing(passed.requestId);
    if (destination.kind === "route") {
      route = destination.route;
      const exchange = {
        ...destination,
        request,
        response,
        passed,
        headers,
        signal: ended.signal,
        toFailure,
      };
      failure = await carryOut(context, exchange);
    } else if (destination.kind === "endpoint") {
      const { status, body } = await destination.answer();
      send(request, response, status, headers, body);
    } else response.writeHead(204, { ...headers, allow: destination.allow }).end();
  } catch (thrown) {
    failure = toFailure(thrown);
    if (failure.httpStatus >= 500 && !response.destroyed) logCause(log, passed.requestId, thrown);
    sendFailure(request, response, passed, failure);
  } finally {
    running.delete(ended);
  }
  const ms = performance.now() - started;
  logAccess(log, { request, response, route, failure, requestId: passed.requestId, ms });
}

function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  passed: Passed,
  failure: Failure,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const challenge = request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  const headers = {
    ...standing(passed.requestId),
    ...failure.headers,
    ...(failure.httpStatus === 401 && { "www-authenticate": challenge }),
    ...(!request.complete && { connection: "close" }),
  };
  send(request, response, failure.httpStatus, headers, JSON.stringify(failure.body));
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: string,
): void {
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...headers, "content-type": JSON_TYPE, "content-length": length });
  if (request.method !== "HEAD") response.write(body);
  if (request.complete) response.end();
  else endAfter(request, response);
}

/** Headers of every answer: what it says is for one client, and JSON whatever a browser makes of it. */
function standing(requestId: string): Headers {
  return { "x-request-id": requestId, "cache-control": "no-store", "x-content-type-options": "nosniff" };
}

/** A refusal of the gateway is its own explanation; a status of the upstream is explained in the upstream's log. */
function logCause(log: Log, requestId: string, thrown: unknown): void {
  if (thrown instanceof GatewayError) return;
  const level = isServiceError(thrown) ? "warn" : "error";
  log[level]({ event: "failed", requestId, err: thrown }, "a request failed");
}
