import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP way to the store that can be cut and joined again. */
export interface WeakWire extends AsyncDisposable {
  readonly port: number;
  /** Ends all connections in the middle of whatever they carry; new ones are possible. */
  shake(): void;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  join(): Promise<void>;
}

export async function startWeakWire(target: {
  readonly host: string;
  readonly port: number;
}): Promise<WeakWire> {
  const sockets = new Set<Socket>();
  let server = await listen(0);
  const { port } = server.address() as { readonly port: number };

  async function listen(at: number): Promise<Server> {
    const next = createServer((inward) => {
      const outward = connect(target);
      for (const [from, to] of [
        [inward, outward],
        [outward, inward],
      ] as const) {
        sockets.add(from);
        from.on("error", () => undefined);
        from.on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
        from.pipe(to);
      }
    });
    next.listen(at, "127.0.0.1");
    await once(next, "listening");
    return next;
  }

  function shake(): void {
    for (const socket of sockets) socket.destroy();
  }

  async function cut(): Promise<void> {
    server.close();
    shake();
  }

  return {
    port,
    shake,
    cut,
    join: async () => {
      server = await listen(port);
    },
    [Symbol.asyncDispose]: cut,
  };
}
