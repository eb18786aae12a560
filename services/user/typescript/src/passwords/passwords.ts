import { hashPassword, matchesPassword, unmatchableHash } from "./password-hash.js";
import type { WorkQueue } from "./work-queue.js";

export interface Passwords {
  hash(password: string, signal: AbortSignal): Promise<string>;
  /** Without a stored hash it does the same work and answers false. */
  matches(password: string, stored: string | undefined, signal: AbortSignal): Promise<boolean>;
}

/** `cost` is that of new hashes, and of the work for a user who does not exist. */
export function createPasswords(cost: number, queue: WorkQueue): Passwords {
  const nobodys = unmatchableHash(cost);
  return {
    hash: (password, signal) => queue.run(() => hashPassword(password, cost), signal),
    async matches(password, stored, signal) {
      const equal = await queue.run(() => matchesPassword(password, stored ?? nobodys), signal);
      return equal && stored !== undefined;
    },
  };
}
