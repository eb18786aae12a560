import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Log, listenAt } from "@theseus/kit";
import type { Contract } from "./contract.js";
import { createToFailure } from "./errors/failure.js";
import { createEndpoints } from "./http/endpoints.js";
import { type HandlerContext, handle, STOPPING } from "./http/handler.js";
import { describeApi } from "./openapi/document.js";
import { readRoutes } from "./routes/read-routes.js";
import { createRouter } from "./routes/router.js";
import type { Upstream } from "./upstream/upstream.js";

const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;
const HEADERS_MS = 10_000;
/** Longer than a proxy in front keeps an idle connection, so that it is never the one to send into a closing one. */
const KEEP_ALIVE_MS = 620_000;

/** How long clients get to read that the gateway stops. */
const CUT_OFF_MS = 500;

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly contract: Contract;
  readonly upstream: Upstream;
  /** `unix:/path` or `host:port`. */
  readonly listen: string;
  readonly log: Log;
  /** Largest body, and largest line of a stream, in bytes. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Silence before a stream of events gets a heartbeat, in ms. Default 15000. */
  readonly heartbeatMs?: number;
  /** How long a silent stream's headers wait for its first message, in ms. Default 250. */
  readonly headMs?: number;
  /** How long a body may take to arrive, in ms. Default 30000. */
  readonly bodyMs?: number;
  /** How long running requests may take to end when the gateway stops, in ms. Default 8000. */
  readonly drainMs?: number;
  /** Names of further headers, in lower case, that are passed on. Default none. */
  readonly passedHeaders?: readonly string[];
}

/** A gateway that listens. Disposing of it lets running requests end, and leaves the upstream to who made it. */
export interface Gateway extends AsyncDisposable {
  readonly address: string;
}

/** Starts a gateway. Throws RouteFaults when the contract's rules cannot be served. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { contract, upstream, log, drainMs = 8000 } = options;
  const draining = new AbortController();
  const running = new Set<AbortController>();
  const routes = readRoutes(contract);
  const openapi = JSON.stringify(describeApi(contract, routes));
  const context: HandlerContext = {
    registry: contract.registry,
    upstream,
    toFailure: createToFailure(contract.registry),
    router: createRouter(routes),
    endpoints: createEndpoints(upstream, draining.signal, openapi),
    passedHeaders: options.passedHeaders ?? [],
    maxBodyBytes: options.maxBodyBytes ?? 4 * 1024 * 1024,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    headMs: options.headMs ?? 250,
    bodyMs: options.bodyMs ?? 30_000,
    log,
    running,
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      noDelay: true,
    },
    (request, response) => {
      if (draining.signal.aborted) response.setHeader("connection", "close");
      void handle(context, request, response);
    },
  );
  server.maxHeadersCount = MAX_HEADERS;
  server.on("clientError", refuseRaw);
  const address = await listenAt(options.listen, async (where) => {
    server.listen(where);
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  });
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      draining.abort();
      let cutOff: NodeJS.Timeout | undefined;
      const closed = new Promise((resolve) => server.close(resolve));
      const late = setTimeout(() => {
        for (const each of running) each.abort(STOPPING);
        cutOff = setTimeout(() => server.closeAllConnections(), CUT_OFF_MS);
      }, drainMs);
      await closed;
      clearTimeout(late);
      clearTimeout(cutOff);
    },
  };
}

const RAW_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is not HTTP has no request to answer through. */
function refuseRaw(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = RAW_STATUS[error.code ?? ""] ?? "400 Bad Request";
  const body = JSON.stringify({
    error: {
      code: Number(status.slice(0, 3)),
      status: "INVALID_ARGUMENT",
      message: "the request is not HTTP that can be served",
      details: [],
    },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
