import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Log, listenAt, noTelemetry, type Telemetry } from "@theseus/kit";
import type { Contract } from "@theseus/kit/contract";
import type { Config } from "./config.js";
import { createToErrorAnswer } from "./errors/error-answer.js";
import { createEndpoints } from "./http/endpoints.js";
import { type HandlerContext, handle, STOPPING } from "./http/handler.js";
import { createPacer } from "./http/pacer.js";
import { refuseRaw } from "./http/refuse-raw.js";
import { createStreamBudget } from "./http/stream-budget.js";
import { describeApi } from "./openapi/document.js";
import { readRoutes } from "./routes/read-routes.js";
import { createRouter } from "./routes/router.js";
import type { Upstream } from "./upstream/upstream.js";

const HTTP_OPTIONS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  /** A body has its own limit, and a stream none. */
  requestTimeout: 0,
  /** Longer than a proxy in front keeps an idle connection, so that it never sends into one that is closing. */
  keepAliveTimeout: 620_000,
  noDelay: true,
};
const MAX_HEADERS = 100;

/** Connections that wait to be accepted: a crowd may come in the moment in which something else is worked on. */
const BACKLOG = 4096;

/** How long clients get to read that the gateway stops. */
const CUT_OFF_MS = 500;

/** What a gateway works with. */
export interface Surroundings {
  readonly contract: Contract;
  readonly upstream: Upstream;
  readonly log: Log;
  /** Who is told of requests; nobody when absent. */
  readonly telemetry?: Telemetry;
}

/** A gateway that listens. Disposing of it lets running requests end, and leaves the upstream to who made it. */
export interface Gateway extends AsyncDisposable {
  readonly address: string;
}

/** Starts a gateway. Throws ContractError when the contract's rules cannot be served, ConfigError where it cannot listen. */
export async function startGateway(
  config: Config,
  { contract, upstream, log, telemetry = noTelemetry }: Surroundings,
): Promise<Gateway> {
  const { timeoutMs, maxBodyBytes, maxValues, bodyMs, heartbeatMs, resumeMs, passedHeaders } = config;
  const draining = new AbortController();
  const routes = readRoutes(contract);
  const openapi = JSON.stringify(describeApi(contract, routes));
  const context: HandlerContext = {
    registry: contract.registry,
    upstream,
    streams: createStreamBudget(config),
    toErrorAnswer: createToErrorAnswer(contract.registry),
    router: createRouter(routes),
    endpoints: createEndpoints(upstream, draining.signal, openapi),
    passedHeaders,
    timeoutMs,
    maxBodyBytes,
    maxValues,
    bodyMs,
    heartbeatMs,
    resumeMs,
    log,
    telemetry,
    leave: createPacer(),
    running: new Set(),
  };
  const server = createServer(HTTP_OPTIONS, (request, response) => {
    if (draining.signal.aborted) response.setHeader("connection", "close");
    void handle(context, request, response);
  });
  server.maxHeadersCount = MAX_HEADERS;
  server.on("clientError", refuseRaw);
  const address = await listenAt(config.listen, async (where) => {
    server.listen({ ...where, backlog: BACKLOG });
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  });
  return {
    address,
    [Symbol.asyncDispose]: () => {
      draining.abort();
      return stop(server, context.running, config.drainMs);
    },
  };
}

/** Takes no more requests, and cuts off those that have not ended after `drainMs`. */
async function stop(server: Server, running: Iterable<AbortController>, drainMs: number): Promise<void> {
  let cutOff: NodeJS.Timeout | undefined;
  const late = setTimeout(() => {
    for (const each of running) each.abort(STOPPING);
    cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS);
  }, drainMs);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(late);
  clearTimeout(cutOff);
}
