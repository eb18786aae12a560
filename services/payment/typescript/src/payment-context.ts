import type { Clock } from "@theseus/kit";
import type { Admit } from "./admission.js";
import type { Bells } from "./bells.js";
import type { Driver } from "./driver.js";
import type { PaymentStore } from "./payment-store.js";

/** What the RPCs share. */
export interface PaymentContext {
  readonly store: PaymentStore;
  readonly driver: Driver;
  readonly admit: Admit;
  readonly bells: Bells;
  readonly clock: Clock;
  readonly newId: () => string;
  /** For how long a call's own work is left to it, in ms; then recovery takes it up. */
  readonly recoverAfterMs: number;
}
