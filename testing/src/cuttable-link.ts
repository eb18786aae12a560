import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
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
  /** From now on what the server answers comes so many milliseconds later; 0: as it comes. */
  slow(delayMs: number): void;
  /** Hands over what clients send from now on, as it comes. */
  onSent(listener: (bytes: Buffer) => void): void;
}

/** Links to a server by its URL (`redis://host:port`, `mongodb://…`, `unix:///path`) or its gRPC address. */
export async function linkTo(target: string): Promise<CuttableLink> {
  let there = parsePlace(target);
  const folder = createScratchFolder();
  const connections = new Set<Connection>();
  const listeners: ((bytes: Buffer) => void)[] = [];
  let answersAfterMs = 0;
  let frozen = false;
  const server = createServer((inward) => {
    const connection = toConnection(inward, connect(there), () => answersAfterMs);
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
    for (const { inward, outward } of connections) {
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
    slow: (delayMs) => {
      answersAfterMs = delayMs;
    },
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

/** What one end sends to the other. */
interface Way {
  readonly from: Socket;
  readonly later: Transform;
  readonly to: Socket;
}

interface Connection {
  readonly inward: Socket;
  readonly outward: Socket;
  readonly ways: readonly Way[];
}

function toConnection(inward: Socket, outward: Socket, answersAfterMs: () => number): Connection {
  return {
    inward,
    outward,
    ways: [
      { from: inward, later: later(() => 0), to: outward },
      { from: outward, later: later(answersAfterMs), to: inward },
    ],
  };
}

function relay(connection: Connection, connections: Set<Connection>): void {
  connections.add(connection);
  for (const { from, later, to } of connection.ways) {
    from.on("error", () => to.destroy());
    from.on("close", () => {
      connections.delete(connection);
      // What came before the end still goes out.
      later.end(() => to.destroySoon());
    });
  }
}

function carry({ ways }: Connection): void {
  for (const { from, later, to } of ways) from.pipe(later).pipe(to);
}

function hold({ ways }: Connection): void {
  for (const { from, later, to } of ways) {
    from.unpipe(later);
    from.pause();
    later.unpipe(to);
    later.pause();
  }
}

/** Lets everything through in its order, each piece so much later as is said when it comes. */
function later(delayMs: () => number): Transform {
  let before: Promise<unknown> = Promise.resolve();
  return new Transform({
    transform(bytes, _encoding, done) {
      const ms = delayMs();
      before = Promise.all([before, ms > 0 ? sleep(ms) : undefined]).then(() => this.push(bytes));
      done();
    },
    flush(done) {
      before.then(() => done(), done);
    },
  });
}

/** Gives the place with the actual port. */
async function listen(server: Server, place: Place): Promise<Place> {
  server.listen(place);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return "path" in place ? place : { ...place, port };
}
