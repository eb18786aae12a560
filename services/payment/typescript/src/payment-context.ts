import type { Clock, Turns } from "@theseus/kit";
import type { Ask } from "./drive/ask.js";
import type { ChangeNotifier } from "./drive/change-notifier.js";
import type { Driver } from "./drive/driver.js";
import type { Peers } from "./drive/peers.js";
import type { Admit } from "./rpc/create/admission.js";
import type { OpenPayments } from "./rpc/create/open-payments.js";
import type { LogFeeds } from "./rpc/log-feeds.js";
import type { PaymentStore } from "./store/payment-store.js";

/** What the RPCs share. */
export interface PaymentContext {
  readonly store: PaymentStore;
  readonly driver: Driver;
  readonly ask: Ask;
  readonly peers: Peers;
  readonly admit: Admit;
  readonly openPayments: OpenPayments;
  readonly changes: ChangeNotifier;
  readonly logFeeds: LogFeeds;
  /** Of the refunds of each payment. */
  readonly turns: Turns;
  readonly clock: Clock;
  readonly newId: () => string;
  /** For how long the work of a call goes on, in ms; after that the recovery takes it up. */
  readonly recoverAfterMs: number;
}
