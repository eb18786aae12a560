import { chmodSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";

export interface ControlHandlers<Status> {
  status(): Promise<Status>;
  /** Begins to stop; the request is answered first. */
  down(): void;
}

/** The supervisor's side: HTTP with JSON on a unix socket that only its owner can open. */
export async function serveControl<Status>(
  socket: string,
  handlers: ControlHandlers<Status>,
): Promise<AsyncDisposable> {
  rmSync(socket, { force: true });
  const server = createServer(async (incoming, response) => {
    const answer = (code: number, body: unknown) => {
      response.writeHead(code, { "content-type": "application/json", connection: "close" });
      response.end(JSON.stringify(body));
    };
    try {
      const route = `${incoming.method} ${incoming.url}`;
      if (route === "GET /status") return answer(200, await handlers.status());
      if (route === "POST /down") {
        answer(202, { pid: process.pid });
        return handlers.down();
      }
      return answer(404, { error: `no such route: ${route}` });
    } catch (error) {
      return answer(500, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(socket, { force: true });
    },
  };
}

/** Asks a supervisor. Rejects when nobody listens or the answer is not a success. */
export function askControl(socket: string, method: "GET" | "POST", path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, method, path, timeout: 15_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.once("end", () => {
        if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(body));
        else reject(new Error(`the supervisor answered ${response.statusCode}: ${body}`));
      });
      response.once("error", reject);
    });
    call.once("timeout", () => call.destroy(new Error("the supervisor does not answer")));
    call.once("error", reject);
    call.end();
  });
}
