import type { AddressInfo } from "node:net";
import { createConnection, createServer, type Socket } from "node:net";

/** An address that stays while what is behind it comes and goes. */
export interface Forwarder extends AsyncDisposable {
  readonly port: number;
  /** Where connections go; undefined cuts those that are there and refuses new ones. */
  to(port: number | undefined): void;
}

export async function startForwarder(): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let target: number | undefined;
  const server = createServer((inbound) => {
    if (target === undefined) return inbound.destroy();
    const outbound = createConnection(target, "127.0.0.1");
    for (const [from, into] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(from);
      from.on("error", () => into.destroy()).on("close", () => into.destroy() && sockets.delete(from));
      from.pipe(into);
    }
    return inbound;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const to = (port: number | undefined) => {
    target = port;
    if (port === undefined) for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    to,
    [Symbol.asyncDispose]: async () => {
      to(undefined);
      server.close();
    },
  };
}
