import { optional, record } from "@theseus/runtime/schema";
import { z } from "zod";

/** How a played peer can deviate from its contract, one word for each call. */
export const deviation = z.enum([
  "ok",
  "unavailable",
  "internal",
  "bare",
  "no-outcome",
  "lose",
  "hold",
  "hold-all",
  "meet",
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
    "`bare` (not done, FAILED_PRECONDITION without a reason); `no-outcome` (not done, answered with the outcome " +
    "UNSPECIFIED); `lose` (done, never answered); `hold` (neither done nor answered until a step says so, or never); " +
    "`hold-all` (this call and all after it are held until then); `meet` (waits for a second call that meets, so that " +
    "both are answered at once)",
);
