import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { eventually } from "./eventually.js";
import { type Place, parsePlace, withPlace } from "./place.js";
import { createScratchFolder } from "./scratch-folder.js";

/** A way to a server that a test can cut and mend while others use the server undisturbed. */
export interface CuttableLink extends AsyncDisposable {
  /** The server's URL or address, with the link's own place in it. */
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps all connections and takes new ones, and carries nothing: what is sent goes on when the link is mended. */
  freeze(): void;
  /** Carries again what is sent, and takes connections again, at the same place; new ones to another server, if one is given. */
  mend(target?: string): Promise<void>;
  /** Ends all connections in the middle of whatever they carry, and takes new ones; gives how many there were. */
  drop(): number;
  /** Hands over what clients send from now on, as it comes. */
  onSent(listener: (bytes: Buffer) => void): void;
}

/** Links to a server by its URL (`redis://host:port`, `mongodb://…`, `unix:///path`) or its gRPC address. */
export async function linkTo(target: string): Promise<CuttableLink> {
  let there = parsePlace(target);
  const folder = createScratchFolder();
  const connections = new Set<readonly [Socket, Socket]>();
  const listeners: ((bytes: Buffer) => void)[] = [];
  let frozen = false;
  const server = createServer((inward) => {
    const connection = [inward, connect(there)] as const;
    relay(connection, connections);
    inward.on("data", (bytes) => {
      for (const listener of listeners) listener(bytes);
    });
    (frozen ? hold : carry)(connection);
  });
  const here = await listen(
    server,
    "path" in there ? { path: join(folder.path, "s") } : { host: "127.0.0.1", port: 0 },
  );
  const drop = () => {
    const count = connections.size;
    for (const [inward, outward] of connections) {
      inward.destroy();
      outward.destroy();
    }
    return count;
  };
  const cut = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    drop();
    await closed;
  };
  return {
    url: withPlace(target, here),
    cut,
    drop,
    onSent: (listener) => listeners.push(listener),
    freeze: () => {
      frozen = true;
      for (const connection of connections) hold(connection);
    },
    mend: async (other = target) => {
      there = parsePlace(other);
      if (frozen) for (const connection of connections) carry(connection);
      frozen = false;
      // Somebody's outgoing connection may have been given the port meanwhile.
      await eventually(`${target} is linked again`, async () => {
        if (!server.listening) await listen(server, here);
        return true;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await cut();
      folder[Symbol.dispose]();
    },
  };
}

function relay(connection: readonly [Socket, Socket], connections: Set<readonly [Socket, Socket]>): void {
  connections.add(connection);
  const [inward, outward] = connection;
  for (const [from, to] of [[inward, outward] as const, [outward, inward] as const]) {
    from.on("error", () => to.destroy());
    from.on("close", () => {
      connections.delete(connection);
      // What came before the end still goes out.
      to.destroySoon();
    });
  }
}

function carry([inward, outward]: readonly [Socket, Socket]): void {
  inward.pipe(outward);
  outward.pipe(inward);
}

function hold([inward, outward]: readonly [Socket, Socket]): void {
  for (const [from, to] of [[inward, outward] as const, [outward, inward] as const]) {
    from.unpipe(to);
    from.pause();
  }
}

/** Gives the place with the actual port. */
async function listen(server: Server, place: Place): Promise<Place> {
  server.listen(place);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return "path" in place ? place : { ...place, port };
}
