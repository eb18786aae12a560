import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contract } from "@theseus/kit/contract";
import { type Ending, OK, readEnding, writeEnding } from "./ending.js";
import { Deframer, frame } from "./frames.js";
import type { Exchange, Replacement, Transformation } from "./transformation.js";

/** A server in front of another one that does one thing wrong and hands everything else on, byte for byte. */
export interface RunningProxy extends AsyncDisposable {
  readonly address: string;
}

interface ProxyOptions {
  readonly contract: Contract;
  readonly transformation: Transformation;
  /** Where the right implementation serves; asked for each connection, since it may be started again. */
  address(): string;
}

export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const path = join(tmpdir(), `tz-${randomBytes(6).toString("hex")}.sock`);
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => {
    const upstream = connectTo(options.address());
    for (const each of [session, upstream]) {
      sessions.add(each);
      each.on("error", () => undefined);
      each.on("close", () => {
        sessions.delete(each);
        session.destroy();
        upstream.destroy();
      });
    }
    session.on("stream", (stream, headers) => {
      handOn(stream, headers, upstream, options);
    });
  });
  server.listen(path);
  await once(server, "listening");
  return {
    address: `unix:${path}`,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
      rmSync(path, { force: true });
    },
  };
}

function connectTo(address: string): ClientHttp2Session {
  const createConnection = (): Socket => {
    if (address.startsWith("unix:")) return connectSocket(address.slice("unix:".length));
    const [host, port] = address.split(":");
    return connectSocket(Number(port), host);
  };
  return connect("http://localhost", { createConnection });
}

function handOn(
  down: ServerHttp2Stream,
  incoming: IncomingHttpHeaders,
  session: ClientHttp2Session,
  { contract, transformation }: ProxyOptions,
): void {
  const method = contract.methods.get(String(incoming[":path"]));
  const headers = texts(incoming);
  const call: Exchange | undefined = method && { method, headers, requests: [], answered: 0 };
  if (call !== undefined) transformation.headers?.(call);
  const up = session.request(headers, { endStream: false });
  for (const stream of [down, up]) stream.on("error", () => undefined);
  down.on("close", () => up.close(constants.NGHTTP2_CANCEL));
  sendRequests(down, up, call, transformation);
  sendAnswer(down, up, call, transformation);
}

function texts(incoming: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(incoming).filter(([name]) => name !== "grpc-accept-encoding");
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function sendRequests(
  down: ServerHttp2Stream,
  up: ClientHttp2Stream,
  call: Exchange | undefined,
  transformation: Transformation,
): void {
  const deframer = new Deframer();
  down.on("data", (chunk: Buffer) => {
    for (const message of deframer.push(chunk)) {
      call?.requests.push(message);
      const wanted = call && transformation.request ? transformation.request(message, call) : message;
      if (wanted instanceof Uint8Array) up.write(frame(wanted));
      else {
        answer(down, { messages: [], end: wanted });
        up.close(constants.NGHTTP2_CANCEL);
        return;
      }
    }
  });
  down.on("end", () => up.end());
}

function sendAnswer(
  down: ServerHttp2Stream,
  up: ClientHttp2Stream,
  call: Exchange | undefined,
  transformation: Transformation,
): void {
  const deframer = new Deframer();
  let ending: Ending | undefined;
  up.on("response", (headers) => {
    ending = readEnding(headers);
  });
  up.on("trailers", (trailers) => {
    ending = readEnding(trailers);
  });
  up.on("data", (chunk: Buffer) => {
    for (const message of deframer.push(chunk)) {
      if (call !== undefined) call.answered += 1;
      answer(down, (call && transformation.response?.(message, call)) ?? { messages: [message] });
    }
  });
  let over = false;
  const finish = () => {
    if (over) return;
    over = true;
    up.end();
    if (ending !== undefined) end(down, (call && transformation.ending?.(ending, call)) ?? ending);
    else if (!down.writableEnded && !down.session?.destroyed)
      down.close(up.rstCode || constants.NGHTTP2_CANCEL);
  };
  // The event of the trailers comes in the same turn of the event loop.
  up.on("end", () => setImmediate(finish));
  up.on("close", finish);
}

function end(down: ServerHttp2Stream, wanted: Ending | Replacement | "silence" | "nothing"): void {
  if (wanted === "silence") return;
  if (wanted === "nothing") {
    begin(down);
    down.once("wantTrailers", () => down.sendTrailers({}));
    down.end();
  } else answer(down, "messages" in wanted ? { end: OK, ...wanted } : { messages: [], end: wanted });
}

/** Writes messages and, where the call ends, its status; nothing once it has ended. */
function answer(down: ServerHttp2Stream, { messages, end }: Replacement): void {
  if (down.closed || down.destroyed || down.writableEnded) return;
  begin(down);
  for (const message of messages) down.write(frame(message));
  if (end === undefined || end === "silence") return;
  down.once("wantTrailers", () => down.sendTrailers(writeEnding(end)));
  down.end();
}

function begin(down: ServerHttp2Stream): void {
  if (down.headersSent || down.closed || down.destroyed) return;
  const headers = { ":status": 200, "content-type": "application/grpc" };
  down.respond(headers, { waitForTrailers: true });
}
