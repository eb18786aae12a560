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
  /** Takes connections again, at the same place. */
  mend(): Promise<void>;
  /** Ends all connections in the middle of whatever they carry, and takes new ones; gives how many there were. */
  drop(): number;
  /** From now on what the server answers comes so many milliseconds later; 0: as it comes. */
  slow(delayMs: number): void;
  /** Hands over what clients send from now on, as it comes. */
  onSent(listener: (bytes: Buffer) => void): void;
}

/** Links to a server by its URL (`redis://host:port`, `mongodb://…`, `unix:///path`) or its gRPC address. */
export async function linkTo(target: string): Promise<CuttableLink> {
  const there = parsePlace(target);
  const folder = createScratchFolder();
  const connections = new Set<readonly [Socket, Socket]>();
  const listeners: ((bytes: Buffer) => void)[] = [];
  let answersAfterMs = 0;
  const server = createServer((inward) => {
    relay([inward, connect(there)], { connections, answersAfterMs: () => answersAfterMs });
    inward.on("data", (bytes) => {
      for (const listener of listeners) listener(bytes);
    });
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
    slow: (delayMs) => {
      answersAfterMs = delayMs;
    },
    onSent: (listener) => listeners.push(listener),
    mend: async () => {
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

interface Relay {
  readonly connections: Set<readonly [Socket, Socket]>;
  readonly answersAfterMs: () => number;
}

function relay(connection: readonly [Socket, Socket], { connections, answersAfterMs }: Relay): void {
  connections.add(connection);
  const [inward, outward] = connection;
  for (const [from, to, delayMs] of [
    [inward, outward, () => 0] as const,
    [outward, inward, answersAfterMs] as const,
  ]) {
    const way = later(delayMs);
    from.on("error", () => to.destroy());
    from.on("close", () => {
      connections.delete(connection);
      // What came before the end still goes out.
      way.end(() => to.destroySoon());
    });
    from.pipe(way).pipe(to);
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
