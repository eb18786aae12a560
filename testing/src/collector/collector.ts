import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { readOtlp, type Signal, type Told } from "./otlp.js";

export type CollectorAction = "freeze" | "stop" | "start";

/** A receiver of OTLP over HTTP, in Protobuf, that keeps what it is told. */
export interface Collector extends AsyncDisposable {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` is to be. */
  readonly url: string;
  /** All that was told so far: of metrics, the last of each export that came. */
  told(signal: Signal): readonly Told[];
  /** The bytes of all requests that have come, and what is wrong with those that cannot be read. */
  readonly requests: readonly Buffer[];
  readonly faults: readonly string[];
  /** `freeze`: answers nobody; `stop`: is not there. */
  perform(action: CollectorAction): Promise<void>;
}

export interface CollectorOptions {
  /** Given each request that could be read. */
  readonly onRequest?: (signal: Signal, bytes: Buffer) => void;
}

export async function openCollector({ onRequest }: CollectorOptions = {}): Promise<Collector> {
  const told: Record<Signal, Told[]> = { traces: [], metrics: [], logs: [] };
  const requests: Buffer[] = [];
  const faults: string[] = [];
  let isFrozen = false;
  const server = createServer((request, response) => {
    if (isFrozen) return;
    void take(request, response);
  });
  let port = await listen(server, 0);

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signal = /^\/v1\/(traces|metrics|logs)$/.exec(request.url ?? "")?.[1] as Signal | undefined;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (signal === undefined || request.method !== "POST")
        throw new Error(`${request.method} ${request.url} is no request of OTLP`);
      const bytes = decoded(Buffer.concat(chunks), request.headers["content-encoding"]);
      requests.push(bytes);
      told[signal].push(...readOtlp(signal, bytes));
      onRequest?.(signal, bytes);
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    } catch (error) {
      faults.push(String(error));
      response.writeHead(400).end();
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    told: (signal) => told[signal],
    requests,
    faults,
    async perform(action) {
      isFrozen = action === "freeze";
      if (action === "stop") await close(server);
      else if (!server.listening) port = await listen(server, port);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

function decoded(bytes: Buffer, encoding: string | undefined): Buffer {
  return encoding === "gzip" ? gunzipSync(bytes) : bytes;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
