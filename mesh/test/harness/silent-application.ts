import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http2";

/** An application that takes every call and never answers, whatever time it was given. */
export async function startSilentApplication(socket: string): Promise<AsyncDisposable> {
  await rm(socket, { force: true });
  const server = createServer().on("stream", (stream) => stream.on("error", () => {}));
  server.listen(socket);
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}
