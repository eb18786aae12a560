import { ErrorReason, StatusError } from "@theseus/kit";
import { MongoError, MongoServerError, MongoWriteConcernError } from "mongodb";

const DUPLICATE_KEY = 11_000;

/** Answers of a server that is broken or going down, is not the primary, or cannot reach those that it needs. */
const UNAVAILABLE: ReadonlySet<unknown> = new Set(
  Object.values({
    // Of a server whose engine has failed, on a full disk for example: nothing that it is asked would be answered.
    InternalError: 1,
    HostUnreachable: 6,
    HostNotFound: 7,
    NetworkTimeout: 89,
    ShutdownInProgress: 91,
    ReadConcernMajorityNotAvailableYet: 134,
    PrimarySteppedDown: 189,
    ExceededTimeLimit: 262,
    SocketException: 9001,
    NotWritablePrimary: 10_107,
    InterruptedAtShutdown: 11_600,
    InterruptedDueToReplStateChange: 11_602,
    NotPrimaryNoSecondaryOk: 13_435,
    NotPrimaryOrSecondary: 13_436,
    OutOfDiskSpace: 14_031,
  }),
);

/** False when a unique index, `_id` included, has refused the write. Any other failure may or may not have written. */
export async function isFirst(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
    throw error;
  }
}

/** What a failed operation means to a caller. What the store refuses stays what it is: it is a fault of the service. */
export function toStoreFault(thrown: unknown): unknown {
  if (!isUnavailability(thrown)) return thrown;
  return new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the store cannot be reached now", {
    cause: thrown,
  });
}

function isUnavailability(error: unknown): boolean {
  if (error instanceof MongoWriteConcernError) return true;
  if (error instanceof MongoServerError) return UNAVAILABLE.has(error.code);
  return error instanceof MongoError || isSocketError(error);
}

/** The driver lets a socket's own error through when the connection ended just before a write. */
function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code));
}
