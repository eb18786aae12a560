import { ErrorReason, StatusError } from "@theseus/kit";
import { Redis, type RedisOptions } from "ioredis";

type Options = Omit<RedisOptions, "replyMapping">;

const CONNECT_TIMEOUT_MS = 1000;
const COMMAND_TIMEOUT_MS = 1500;
/** Longer than any blocking command waits: a connection that is silent for so long is dead. */
const SILENCE_MS = 6000;
const LONGEST_BACK_OFF_MS = 500;

/**
 * Replies that describe the state of the store, not of the command. Redis gives them before a script's first write, so
 * that the script has written nothing.
 */
const PASSING_REPLIES =
  /^(?:(?:LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|NOREPLICAS|TRYAGAIN)\b|ERR max number of clients reached)/;

/** A connection whose commands settle soon, whatever happens to the store. */
export function connectForCommands(url: string): Redis {
  return connect(url, { commandTimeout: COMMAND_TIMEOUT_MS });
}

/** A connection for one command at a time that waits for something to happen. */
export function connectForBlocking(url: string): Redis {
  return connect(url, { socketTimeout: SILENCE_MS });
}

/** Resolves when the first attempt to connect has ended, with success or without: later ones are made by themselves. */
export function firstAttempt(redis: Redis): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ["ready", "close", "end"]) redis.once(event, () => resolve());
  });
}

/** Resolves when the store answers; rejects with the reason when there is no connection. */
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

/** What a failed command means to a caller. What the store refuses stays what it is: it is a fault of the service. */
export function toStoreFault(thrown: unknown): unknown {
  const isReply = thrown instanceof Error && thrown.name === "ReplyError";
  if (isReply && !PASSING_REPLIES.test(thrown.message)) return thrown;
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the store cannot be reached now", {
    cause: thrown,
  });
}

/** Whether the store was out of reach, which health reports already. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof StatusError && error.reason === ErrorReason.SERVICE_UNAVAILABLE;
}

function connect(url: string, options: Options): Redis {
  const settled: Options = {
    ...options,
    protocol: 2,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // Without a connection commands fail at once, as do those under way when it breaks: callers decide about repeats.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * attempt, LONGEST_BACK_OFF_MS),
  };
  const redis = url.startsWith("unix:")
    ? new Redis({ ...settled, ...toSocket(url) })
    : new Redis(url, settled);
  // Health reports a lost connection; without a listener each failed attempt would be printed.
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
