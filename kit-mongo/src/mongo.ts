import { ErrorReason, once, StatusError } from "@theseus/kit";
import { type Db, MongoClient, type MongoClientOptions } from "mongodb";
import { toStoreFault } from "./store-fault.js";

/** How the store is opened. */
export interface MongoAccess {
  /** A connection string with the database in its path. */
  readonly url: string;
  /** False in standby: then nothing is prepared, and only reading operations may be run. */
  readonly writes: boolean;
}

export interface MongoOptions extends MongoAccess {
  /** The service, as the store's own log and statistics show it. */
  readonly name: string;
  /** Makes indexes; done once, before the first operation, where the store may be written. */
  readonly prepare: (db: Db) => Promise<void>;
  /** True to read 64-bit integers as bigint. Default: as number. */
  readonly useBigInt64?: boolean;
}

/** A service's own database in a store that speaks MongoDB's protocol. */
export interface Mongo extends AsyncDisposable {
  /**
   * Runs an operation once the store is connected and prepared: the first call connects, and each one after a failure
   * tries again. A store that cannot be reached, or that leaves the outcome open, is SERVICE_UNAVAILABLE.
   */
  run<T>(operation: (db: Db) => Promise<T>): Promise<T>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** Operations from now on have this access; those under way end with the one that they began with, which then ends too. */
  reopen(access: MongoAccess): Promise<void>;
}

/** A store that is gone is told within a health probe (1 s) and well within the shortest timeout of a method (2 s). */
const CONNECT_MS = 800;
/** The most that one command may take. */
const ANSWER_MS = 1500;
const MOST_CONNECTIONS = 32;

export function openMongo(options: MongoOptions): Mongo {
  let connection = createConnection(options);

  return {
    run: (operation) => connection.run(operation),
    ping: () => ping(connection),
    async reopen(access) {
      const next = createConnection({ ...options, ...access });
      // Operations need not wait for it to connect. A store that is away is connected later, as always.
      await ping(next).catch(() => undefined);
      const before = connection;
      connection = next;
      await before.retire();
    },
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** One client of the store, by one credential. */
interface Connection extends Pick<Mongo, "run"> {
  /** Closes it when no operation is under way any more. */
  retire(): Promise<void>;
  /** Closes it at once. */
  close(): Promise<void>;
}

function createConnection(options: MongoOptions): Connection {
  let client: MongoClient | undefined;
  let closed = false;
  const underWay = new Set<Promise<unknown>>();
  const connected = once(async () => {
    if (closed) throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the store has been closed");
    // A client whose first attempt failed never connects again, so each attempt has a new one.
    const attempt = new MongoClient(options.url, settings(options));
    client = attempt;
    try {
      await attempt.connect();
      if (options.writes) await options.prepare(attempt.db());
    } catch (error) {
      await attempt.close();
      throw error;
    }
    return attempt.db();
  });

  async function attempt<T>(operation: (db: Db) => Promise<T>): Promise<T> {
    try {
      return await operation(await connected());
    } catch (error) {
      throw toStoreFault(error);
    }
  }

  async function close(): Promise<void> {
    closed = true;
    await client?.close();
  }

  return {
    run(operation) {
      const running = attempt(operation);
      const settled = running.catch(() => undefined).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return running;
    },
    async retire() {
      await Promise.all(underWay);
      await close();
    },
    close,
  };
}

function ping({ run }: Connection): Promise<void> {
  return run(async (db) => void (await db.command({ ping: 1 })));
}

function settings({ name, useBigInt64 = false }: MongoOptions): MongoClientOptions {
  return {
    appName: `theseus-${name}`,
    serverSelectionTimeoutMS: CONNECT_MS,
    connectTimeoutMS: CONNECT_MS,
    // Many calls at once at a new process wait for connections, of which the driver makes two at a time. A store that is
    // gone or silent ends this wait earlier: the driver then gives all its connections up.
    waitQueueTimeoutMS: ANSWER_MS,
    socketTimeoutMS: ANSWER_MS,
    maxPoolSize: MOST_CONNECTIONS,
    readPreference: "primary",
    // What is acknowledged survives a crash of the store.
    writeConcern: { w: "majority", journal: true },
    // Not every store that speaks the protocol tells a repeated write from a new one.
    retryWrites: false,
    // A second answer to wait for would be longer than a method has time.
    retryReads: false,
    ignoreUndefined: true,
    useBigInt64,
  };
}
