import type { Clock } from "@theseus/kit";
import type { Ledger } from "./rules/ledger.js";
import type { LedgerFile } from "./store/ledger-file.js";

/** What the RPCs share. */
export interface ProviderContext {
  readonly ledger: Ledger;
  readonly file: LedgerFile;
  readonly clock: Clock;
}
