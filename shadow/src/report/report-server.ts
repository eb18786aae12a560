import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";

/** Answers every request on a unix socket with the report of the moment, as JSON. */
export async function serveReport(socket: string, report: () => object): Promise<AsyncDisposable> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(report()));
  });
  rmSync(socket, { force: true });
  server.listen(socket);
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
