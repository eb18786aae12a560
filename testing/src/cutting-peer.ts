import { once } from "node:events";
import { constants, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";

/** What a caller gets before its call is cut off. */
export type CutPoint = "nothing" | "headers" | "a message";

/** Ends a call without a status. `socket` is the connection that carries it. */
export type Cut = (stream: ServerHttp2Stream, socket: Socket) => void;

/** A gRPC server that cuts off each call in a chosen way. */
export interface CuttingPeer extends AsyncDisposable {
  readonly address: string;
  /** How the next calls end. */
  cutOff(after: CutPoint, cut: Cut): void;
}

export const CUT_POINTS: readonly CutPoint[] = ["nothing", "headers", "a message"];

/** The ways in which a call ends without a status, by the names of HTTP/2. */
export const CUTS: Readonly<Record<string, Cut>> = {
  ...Object.fromEntries(resetCodes().map(([name, code]) => [`RST_STREAM ${name}`, resetWith(code)])),
  "GOAWAY INTERNAL_ERROR": goAwayWith(constants.NGHTTP2_INTERNAL_ERROR),
  "GOAWAY ENHANCE_YOUR_CALM": goAwayWith(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  "END_STREAM without trailers": (stream) => {
    if (stream.headersSent) stream.end();
    else stream.respond(HEADERS, { endStream: true });
  },
  "the end of the connection": (_, socket) => socket.destroy(),
  "a reset of the connection": (_, socket) => socket.resetAndDestroy(),
};

const HEADERS = { ":status": 200, "content-type": "application/grpc" };

/** A message without fields, with gRPC's prefix of five bytes. */
const EMPTY_MESSAGE = Buffer.alloc(5);

export async function startCuttingPeer(): Promise<CuttingPeer> {
  const server = createServer();
  const sockets = new Map<number | undefined, Socket>();
  let point: CutPoint = "nothing";
  let cut: Cut = resetWith(constants.NGHTTP2_CANCEL);
  server.on("connection", (socket: Socket) => sockets.set(socket.remotePort, socket));
  server.on("sessionError", () => {});
  server.on("stream", (stream) => {
    const socket = sockets.get(stream.session?.socket.remotePort);
    if (!socket) throw new Error("a stream without a connection");
    stream.on("error", () => {});
    if (point !== "nothing") stream.respond(HEADERS);
    if (point === "a message") stream.write(EMPTY_MESSAGE);
    // The answer to a ping comes when the caller has all that was sent before it.
    stream.session?.ping(() => cut(stream, socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutOff: (after, how) => {
      point = after;
      cut = how;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function resetWith(code: number): Cut {
  return (stream) => stream.close(code);
}

function goAwayWith(code: number): Cut {
  return ({ session }) => session?.destroy(undefined, code);
}

/** The error codes of RFC 9113, section 7. */
function resetCodes(): readonly (readonly [name: string, code: number])[] {
  return [
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
  ].map((name, code) => [name, code]);
}
