import { createHmac } from "node:crypto";
import { fingerprint } from "@theseus/kit";
import type { Quota } from "@theseus/kit/contract";
import { networkOf } from "./network.js";
import type { ActiveUser } from "./user.js";

/** A document of `quota_uses`, as storage.md says: what one party has used up of one quota. */
export interface StoredUses {
  readonly _id: string;
  /** Another one after each write. */
  readonly version: string;
  /** When each use was, the oldest first. */
  readonly uses: readonly Date[];
  readonly expire_time: Date;
}

/** Whose use is counted: a kind of party, and which one. */
export type Party = readonly [kind: "user" | "address" | "source", which: string];

/** The account that a sign-in names: the user, so that a change of the address begins no new count; else the address. */
export function accountOf(user: ActiveUser | undefined, emailKey: string): Party {
  return user === undefined ? ["address", emailKey] : ["user", user._id];
}

export function sourceOf(address: string): Party {
  return ["source", networkOf(address)];
}

/** The id of a party's document: without the secret nobody finds out whose it is. */
export function usesId(quota: Quota, party: Party, secret: Buffer): string {
  return createHmac("sha256", secret)
    .update(fingerprint(["quota", quota.name, ...party]))
    .digest("hex");
}

/** What still counts at a time. */
export function usesWithin(
  { windowMs = 0 }: Quota,
  stored: StoredUses | undefined,
  now: Date,
): readonly Date[] {
  return (stored?.uses ?? []).filter((use) => use.getTime() > now.getTime() - windowMs);
}

/** The fields with one more use; the document expires when its latest one counts no longer. */
export function withUse({ windowMs = 0 }: Quota, counted: readonly Date[], now: Date) {
  const uses = [...counted, now];
  const latest = Math.max(...uses.map((use) => use.getTime()));
  return { uses, expire_time: new Date(latest + windowMs) };
}

/** Without one of the uses at a time. */
export function withoutUse(uses: readonly Date[], time: Date): readonly Date[] {
  const given = uses.findIndex((use) => use.getTime() === time.getTime());
  return uses.filter((_, index) => index !== given);
}
