import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";

/** An answer that is almost right: nothing is done. */
const nearDeviation = z.enum([
  "bare",
  "bare-no",
  "unimplemented",
  "no-such-status",
  "foreign-reason",
  "other-reason",
  "other-code",
  "two-codes",
  "damaged",
  "no-message",
  "empty",
  "two-messages",
  "of-another",
  "for-another",
]);

export type NearDeviation = z.infer<typeof nearDeviation>;

/** How a played peer can deviate from its contract, one word for each call. */
export const deviation = z.enum([
  "ok",
  "unavailable",
  "internal",
  "no-outcome",
  "lose",
  "hold",
  "hold-all",
  "meet",
  ...nearDeviation.options,
]);

export type Deviation = z.infer<typeof deviation>;

/** The methods that are played, as cases name them. */
export const playedMethodName = z.enum([
  "inventory.GetReservation",
  "inventory.CommitReservation",
  "inventory.UncommitReservation",
  "user.GetUser",
  "provider.Authorize",
  "provider.Capture",
  "provider.Cancel",
  "provider.Refund",
  "provider.ListLedger",
]);

export type PlayedMethodName = z.infer<typeof playedMethodName>;

/** The key `peers` of a case. */
export const deviations = record(
  Object.fromEntries(playedMethodName.options.map((name) => [name, optional(z.array(deviation))])),
).describe(
  "how the played peers deviate, by method: one word a call, then honestly on: `ok`; `unavailable` and `internal` (not done, refused with this); " +
    "`no-outcome` (not done, answered with the outcome UNSPECIFIED); `lose` (done, never answered); `hold` (neither done nor answered until a step says so, or never); " +
    "`hold-all` (this call and all after it are held until then); `meet` (waits for a second call that meets, so that " +
    "both are answered at once). And answers that are almost right, of which nothing is done: `bare`, `bare-no`, " +
    "`unimplemented` and `no-such-status` (FAILED_PRECONDITION, the status of the method's definite no, UNIMPLEMENTED " +
    "and 99, all without a reason); `foreign-reason`, `other-reason` and `other-code` (that no's reason of another domain, another " +
    "reason with its status, its reason with INTERNAL); `two-codes` and `damaged` (details that say another status, or " +
    "cannot be read); `no-message`, `empty` and `two-messages` (OK without a message, with one that has no field, and " +
    "with two that would decide something); `of-another` and `for-another` (OK about another resource, and for another payment)",
);
