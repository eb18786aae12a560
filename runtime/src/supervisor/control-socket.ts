import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { Fault, toFault, UsageFault } from "../fault.js";

export interface ControlHandlers<Status> {
  status(): Promise<Status>;
  /** Begins to stop; the request is answered first. */
  down(): void;
  /** Makes a change and tells what happens; absent: nothing can be changed. It goes on when nobody listens any more. */
  change?(change: unknown, say: (line: string) => void): Promise<void>;
  /** Holds, continues or ends the swap that is under way; answers what comes of it. */
  steer?(steering: unknown): string;
}

/** A line of the answer to a change: what happens; at last that it is done, or why it is not. */
export type ChangeLine = { readonly line: string } | { readonly done: true } | FaultLine;

interface FaultLine {
  readonly fault: { readonly problem: string; readonly remedy: string; readonly isUsage: boolean };
}

/** The supervisor's side: HTTP with JSON on a unix socket that only its owner can open. */
export async function serveControl<Status>(
  socket: string,
  handlers: ControlHandlers<Status>,
): Promise<AsyncDisposable> {
  rmSync(socket, { force: true });
  const server = createServer(async (incoming, response) => {
    try {
      await answer(incoming, response, handlers);
    } catch (error) {
      send(response, 500, { error: error instanceof Error ? error.message : String(error) });
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

async function answer<Status>(
  incoming: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers<Status>,
): Promise<void> {
  const route = `${incoming.method} ${incoming.url}`;
  switch (route) {
    case "GET /status":
      return send(response, 200, await handlers.status());
    case "POST /down":
      send(response, 202, { pid: process.pid });
      return handlers.down();
    case "POST /changes":
      return tell(response, async (line) => {
        const wanted = await json(incoming);
        if (handlers.change === undefined) throw nothingToChange();
        await handlers.change(wanted, line);
      });
    case "POST /swap":
      return tell(response, async (line) => {
        const wanted = await json(incoming);
        if (handlers.steer === undefined) throw nothingToChange();
        line(handlers.steer(wanted));
      });
    default:
      return send(response, 404, { error: `no such route: ${route}` });
  }
}

/** Lines come as they are told; the answer's status says nothing of the end. */
async function tell(
  response: ServerResponse,
  work: (line: (text: string) => void) => Promise<void>,
): Promise<void> {
  const write = (line: ChangeLine) => response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { "content-type": "application/x-ndjson", connection: "close" });
  try {
    await work((line) => write({ line }));
    write({ done: true });
  } catch (error) {
    const { problem, remedy } = toFault(error, "It cannot be changed");
    write({ fault: { problem, remedy, isUsage: error instanceof UsageFault } });
  }
  response.end();
}

function nothingToChange(): Fault {
  return new Fault("Nothing can be changed here.", "Wait until it is open.");
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}
