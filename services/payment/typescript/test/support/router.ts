import { once } from "node:events";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createConnection } from "node:net";

/** What becomes of a message: it goes on, goes on twice, is lost, or is refused by somebody on the way. */
export type Fate = "pass" | "twice" | "lose" | "refuse";

/** Decides about each message, by the method's name. It may take its time, and do harm to others meanwhile. */
export type Interception = (
  method: string,
  leg: "request" | "reply",
) => Promise<Fate | Forgery> | Fate | Forgery;

/** Another answer in the reply's place: the bytes of its message. */
export type Forgery = Uint8Array;

/** Stands in for the sidecar's outbound side: unary calls by their service, and the network's faults. */
export interface Router extends AsyncDisposable {
  readonly address: string;
  intercept(interception: Interception): void;
  /** How often a method was let through to its service. */
  count(method: string): number;
}

interface Reply {
  readonly head: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/** `routes` are addresses by fully qualified service; one without an address cannot be reached. */
export async function startRouter(socket: string, routes: Readonly<Record<string, string>>): Promise<Router> {
  const sessions = new Map<string, ClientHttp2Session>();
  const counts = new Map<string, number>();
  let interception: Interception = () => "pass";
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    answer(stream, headers).catch(() => refuse(stream));
  });
  server.on("sessionError", () => undefined);
  server.listen(socket);
  await once(server, "listening");

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const [, service = "", method = ""] = String(headers[":path"]).split("/");
    const body = await collect(stream);
    const fate = await interception(method, "request");
    if (fate === "lose") return;
    if (fate === "refuse") return refuse(stream);
    counts.set(method, (counts.get(method) ?? 0) + 1);
    if (fate === "twice") await forward(service, headers, body);
    const reply = await forward(service, headers, body);
    const back = await interception(method, "reply");
    if (back === "lose" || stream.destroyed) return;
    if (back === "refuse") return refuse(stream);
    respond(stream, back instanceof Uint8Array ? { ...reply, body: toFrame(back) } : reply);
  }

  async function forward(service: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Reply> {
    const upstream = sessionTo(service).request({ ...headers, "grpc-timeout": "5S" });
    upstream.end(body);
    let trailers: IncomingHttpHeaders = {};
    upstream.on("trailers", (received) => {
      trailers = received;
    });
    const [[head], received] = await Promise.all([once(upstream, "response"), collect(upstream)]);
    return { head: head as IncomingHttpHeaders, body: received, trailers };
  }

  function sessionTo(service: string): ClientHttp2Session {
    const address = routes[service];
    if (address === undefined) throw new Error(`${service} has no route`);
    const known = sessions.get(service);
    if (known && !known.destroyed && !known.closed) return known;
    const session = connect("http://localhost", {
      createConnection: () => createConnection(address.replace(/^unix:/, "")),
    });
    session.on("error", () => undefined);
    sessions.set(service, session);
    return session;
  }

  return {
    address: `unix:${socket}`,
    intercept: (next) => {
      interception = next;
    },
    count: (method) => counts.get(method) ?? 0,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions.values()) session.destroy();
      server.close();
    },
  };
}

function respond(stream: ServerHttp2Stream, { head, body, trailers }: Reply): void {
  if (Object.keys(trailers).length === 0) {
    stream.respond(head, { endStream: true });
    return;
  }
  stream.respond(head, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(body);
}

function toFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function refuse(stream: ServerHttp2Stream): void {
  if (stream.destroyed || stream.headersSent) return;
  const head = {
    ":status": 200,
    "content-type": "application/grpc",
    "grpc-status": "14",
    "grpc-message": "refused",
  };
  stream.respond(head, { endStream: true });
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
