import type { DescMethod } from "@bufbuild/protobuf";
import { type Clock, createTurns, ErrorReason, StatusError } from "@theseus/kit";
import { ContractError, methodPath, type Quota, quotasOf } from "@theseus/kit/contract";
import { type Party, usesId, usesWithin, withoutUse, withUse } from "../rules/quota-use.js";
import type { QuotaStore } from "../store/quota-store.js";

export interface Quotas {
  /** Counts one more use. Throws QUOTA_EXCEEDED, and counts nothing, when the party has used up the quota. */
  use(quota: Quota, party: Party): Promise<Use>;
  /**
   * Counts a guess before anything is spent on it, so that guesses at once cannot be more, and gives it back when the
   * check finds it right or does not come to look at it (RATE_LIMITED).
   */
  guess<T>(quota: Quota, party: Party, check: () => Promise<T>): Promise<T>;
}

/** One use that is counted. */
export interface Use {
  /** Does as if it had not been. */
  giveBack(): Promise<void>;
}

export interface QuotasContext {
  readonly uses: QuotaStore;
  /** The same in all instances; it changes when the key goes that it comes from. */
  readonly secret: () => Buffer;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Throws ContractError when the method has no quota of this name. */
export function quotaNamed(method: DescMethod, name: string): Quota {
  const found = quotasOf(method).find((quota) => quota.name === name);
  if (found === undefined) throw new ContractError([`${methodPath(method)} has no quota "${name}"`]);
  return found;
}

/** So long a call waits at most for those of the same party before it: the store may be silent, and it has to be told in time. */
const TURN_MS = 2000;

/**
 * Calls of one party take turns in this process: if all of them competed for its document, the work would grow with the
 * square of their number. Those of other processes still compete.
 */
export function createQuotas({ uses, secret, clock, newId }: QuotasContext): Quotas {
  const turns = createTurns();
  const { signal } = new AbortController();
  return { use, guess };

  async function use(quota: Quota, party: Party): Promise<Use> {
    const id = usesId(quota, party, secret());
    using _turn = await turns.take(id, TURN_MS, signal);
    for (;;) {
      const before = await uses.find(id);
      const now = clock.now();
      const counted = usesWithin(quota, before, now);
      if (counted.length >= quota.limit) throw quotaExceeded(quota);
      const after = { _id: id, version: newId(), ...withUse(quota, counted, now) };
      if (await uses.write(after, before)) return { giveBack: () => giveBack(id, now) };
    }
  }

  async function guess<T>(quota: Quota, party: Party, check: () => Promise<T>): Promise<T> {
    const { giveBack } = await use(quota, party);
    try {
      const checked = await check();
      await giveBack();
      return checked;
    } catch (error) {
      if (error instanceof StatusError && error.reason === ErrorReason.RATE_LIMITED) await giveBack();
      throw error;
    }
  }

  async function giveBack(id: string, time: Date): Promise<void> {
    using _turn = await turns.take(id, TURN_MS, signal);
    for (;;) {
      const before = await uses.find(id);
      if (before === undefined) return;
      const after = { ...before, version: newId(), uses: withoutUse(before.uses, time) };
      if (await uses.write(after, before)) return;
    }
  }
}

function quotaExceeded({ name, limit }: Quota): StatusError {
  return new StatusError(ErrorReason.QUOTA_EXCEEDED, `the quota ${name} is used up for now`, {
    metadata: { quota: name, limit: String(limit) },
  });
}
