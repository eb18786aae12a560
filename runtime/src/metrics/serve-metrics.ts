import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { loopbackHosts } from "@theseus/mesh/envoy";
import { Registry } from "prom-client";
import { claimPort, freePort } from "../process/ports.js";
import { shareUnderway } from "./share-underway.js";

/** OpenTelemetry's port for Prometheus. */
export const metricsPort = 9464;

export interface MetricsPlace {
  readonly port: number;
  /** False: any that is free, when that one is taken. */
  readonly isDemanded: boolean;
}

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Serves `GET /metrics` on loopback, in Prometheus's text format 0.0.4, to whoever asks for this machine by its own names.
 * Those who ask at once share an answer.
 *
 * @param collect  all that there is at this moment
 * @throws Fault when the port is taken and no other will do
 */
export async function serveMetrics(
  { port, isDemanded }: MetricsPlace,
  collect: () => Promise<string>,
): Promise<MetricsServer> {
  const shared = shareUnderway(collect);
  const server = createServer((request, response) => void answer(request, response, shared));
  server.maxConnections = 64;
  const wanted = isDemanded ? await claimPort(port, "metrics", "--metrics-port") : port;
  const isListening = await listen(server, wanted === 0 ? await freePort() : wanted, !isDemanded);
  if (!isListening) await listen(server, await freePort(), false);
  return {
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  collect: () => Promise<string>,
): Promise<void> {
  const { method = "", url } = request;
  const refusal = hostRefusal(request);
  if (refusal !== undefined) return refuse(response, refusal);
  if (url !== "/metrics") return refuse(response, 404);
  if (method !== "GET" && method !== "HEAD") return refuse(response.setHeader("allow", "GET, HEAD"), 405);
  try {
    const text = await collect();
    response.writeHead(200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE });
    response.end(method === "HEAD" ? undefined : text);
  } catch (error) {
    response.writeHead(500, { "content-type": "text/plain" }).end(`${String(error)}\n`);
  }
}

/** A page of another site can let its own name lead to this machine: the edge refuses such names in the same way. */
function hostRefusal({ headersDistinct }: IncomingMessage): 400 | 421 | undefined {
  const hosts = headersDistinct.host ?? [];
  if (hosts.length !== 1) return 400;
  const name = hosts[0]?.replace(/:\d{1,5}$/, "").toLowerCase() ?? "";
  return loopbackHosts.includes(name) ? undefined : 421;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** False when the port is taken, and that is no fault. */
function listen(server: Server, port: number, mayBeTaken: boolean): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      mayBeTaken && error.code === "EADDRINUSE" ? resolve(false) : reject(error);
    server.once("error", onError);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", onError);
      resolve(true);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
