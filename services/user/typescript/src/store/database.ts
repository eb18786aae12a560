import { ErrorReason, StatusError } from "@theseus/kit";
import { type Db, MongoClient, MongoError, MongoServerError } from "mongodb";
import { once } from "./once.js";

export interface Database extends AsyncDisposable {
  /** Runs an operation once the indexes are there. A store that cannot be reached is SERVICE_UNAVAILABLE. */
  run<T>(operation: (db: Db) => Promise<T>): Promise<T>;
}

const DUPLICATE_KEY = 11000;
const SOCKET_CODES = new Set([
  "EPIPE",
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "ETIMEDOUT",
  "EHOSTUNREACH",
]);
/** Well within the shortest timeout of a method. */
const SELECTION_MS = 800;
const SOCKET_MS = 1500;

export function connectDatabase(url: string): Database {
  const client = new MongoClient(url, {
    appName: "theseus-user",
    serverSelectionTimeoutMS: SELECTION_MS,
    connectTimeoutMS: SELECTION_MS,
    socketTimeoutMS: SOCKET_MS,
    waitQueueTimeoutMS: SELECTION_MS,
    maxPoolSize: 32,
  });
  const db = client.db();
  const prepared = once(async () => {
    // A first connection that failed is not tried again by the driver itself.
    await client.connect();
    await createIndexes(db);
  });
  return {
    async run(operation) {
      try {
        await prepared();
        return await operation(db);
      } catch (error) {
        throw isUnavailable(error) ? unavailable(error) : error;
      }
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** False when the operation would have broken a unique index. */
export async function isFirst(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation;
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

async function createIndexes(db: Db): Promise<void> {
  await db.collection("users").createIndexes([
    { key: { email_key: 1 }, name: "email_key", unique: true, ...whereThere("email_key") },
    { key: { request_key: 1 }, name: "request_key", unique: true, ...whereThere("request_key") },
  ]);
  const cleaning = { key: { expire_time: 1 }, name: "expire_time", expireAfterSeconds: 86_400 } as const;
  await db.collection("sessions").createIndexes([{ key: { user: 1 }, name: "user" }, cleaning]);
  await db.collection("refresh_tokens").createIndexes([cleaning]);
}

function whereThere(field: string) {
  return { partialFilterExpression: { [field]: { $exists: true } } };
}

/** What the store itself answers, apart from being in no state to, is a fault of this service. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof MongoServerError) return error.hasErrorLabel("RetryableWriteError");
  return error instanceof MongoError || isSocketError(error);
}

/** The driver lets some of the platform's errors through as they are. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && SOCKET_CODES.has(String(error.code));
}

function unavailable(cause: unknown): StatusError {
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the service is not available now", { cause });
}
