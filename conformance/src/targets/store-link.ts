import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A connection to a store that the suite can cut and mend, while others use the store undisturbed. */
export interface StoreLink extends AsyncDisposable {
  /** The store's URL, through the link. */
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function linkStore(url: string): Promise<StoreLink> {
  const { socket, host, port } = placeOf(url);
  const own = join(tmpdir(), `tl-${randomBytes(6).toString("hex")}.sock`);
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const store = socket === undefined ? connect(port, host) : connect(socket);
    for (const [from, to] of [[client, store] as const, [store, client] as const]) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  let at = socket === undefined ? 0 : own;
  const mend = async () => {
    server.listen(typeof at === "number" ? { port: at, host: "127.0.0.1" } : { path: at });
    await once(server, "listening");
    if (typeof at === "number") at = (server.address() as AddressInfo).port;
  };
  const cut = () => close(server, open);
  await mend();
  return {
    url: socket === undefined ? url.replace(`${host}:${port}`, `127.0.0.1:${at}`) : `unix://${own}`,
    cut,
    mend,
    async [Symbol.asyncDispose]() {
      await cut();
      rmSync(own, { force: true });
    },
  };
}

async function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  for (const connection of open) connection.destroy();
  await closed;
}

function placeOf(url: string): { socket?: string; host: string; port: number } {
  if (url.startsWith("unix://")) return { socket: url.slice("unix://".length), host: "", port: 0 };
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
