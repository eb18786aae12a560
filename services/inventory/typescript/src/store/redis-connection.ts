import { ErrorReason, StatusError } from "@theseus/kit";
import { Redis, type RedisOptions } from "ioredis";

type Options = Omit<RedisOptions, "replyMapping">;

const CONNECT_TIMEOUT_MS = 1000;
const COMMAND_TIMEOUT_MS = 1500;
/** Longer than any blocking command waits: a connection that is silent for so long is dead. */
const SILENCE_MS = 6000;
const LONGEST_BACK_OFF_MS = 500;

/**
 * Replies that speak of the store's condition, not of the command. A script that meets one has written nothing: Redis
 * gives them before the first write only.
 */
const PASSING_REPLIES = /^(LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|NOREPLICAS|TRYAGAIN)\b/;

/** A connection whose commands settle soon, whatever happens to the store. */
export function connectForCommands(url: string): Redis {
  return connect(url, { commandTimeout: COMMAND_TIMEOUT_MS });
}

/** A connection for one command at a time that waits for something to happen. */
export function connectForBlocking(url: string): Redis {
  return connect(url, { socketTimeout: SILENCE_MS });
}

/** Resolves when the first attempt to connect has ended, whichever way: after it the connection looks after itself. */
export function firstAttempt(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["ready", "close", "end"]) redis.once(event, () => resolve());
  });
}

/** Resolves when the store answers; rejects with why there is no connection when that is so. */
export function createProbe(redis: Redis): () => Promise<void> {
  let lost: Error | undefined;
  redis.on("error", (error: Error) => {
    lost = error;
  });
  redis.on("ready", () => {
    lost = undefined;
  });
  return async () => {
    if (lost !== undefined && redis.status !== "ready") throw lost;
    await redis.ping();
  };
}

/** What a failed command means to a caller; a fault of ours stays what it is. */
export function toStoreFault(thrown: unknown): unknown {
  const isReply = thrown instanceof Error && thrown.name === "ReplyError";
  if (isReply && !PASSING_REPLIES.test(thrown.message)) return thrown;
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the store cannot be reached now", {
    cause: thrown,
  });
}

/** Whether the store was out of reach; health tells of that already. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof StatusError && error.reason === ErrorReason.SERVICE_UNAVAILABLE;
}

function connect(url: string, options: Options): Redis {
  const settled: Options = {
    ...options,
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A call fails at once while there is no connection, and when it breaks: whether to repeat is the caller's to say.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_BACK_OFF_MS),
  };
  const redis = url.startsWith("unix:")
    ? new Redis({ ...settled, ...toSocket(url) })
    : new Redis(url, settled);
  // Health tells of a lost connection; without a listener each attempt would be printed.
  redis.on("error", () => undefined);
  return redis;
}

function toSocket(url: string): Options {
  const { pathname, username, password, searchParams } = new URL(url);
  return {
    path: decodeURIComponent(pathname),
    db: Number(searchParams.get("db") ?? 0),
    ...(username !== "" && { username: decodeURIComponent(username) }),
    ...(password !== "" && { password: decodeURIComponent(password) }),
  };
}
