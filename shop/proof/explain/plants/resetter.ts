import { mkdtempSync, rmSync } from "node:fs";
import { constants, createServer, type ServerHttp2Session } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a message of HealthCheckResponse with SERVING is, in gRPC's frame. */
const serving = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

export interface Resetter extends AsyncDisposable {
  readonly socket: string;
}

/** An application that is well by its health, and resets the stream of each other call. */
export async function startResetter(): Promise<Resetter> {
  const folder = mkdtempSync(join(tmpdir(), "resetter-"));
  const socket = join(folder, "app.sock");
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on("session", (session) => sessions.add(session.once("close", () => sessions.delete(session))));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (!headers[":path"]?.startsWith("/grpc.health.v1.Health/"))
      return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(serving);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true });
    },
  };
}
