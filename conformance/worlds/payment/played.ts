import type { CaseScripts } from "./case-scripts.js";
import type { PlayedInventory } from "./played-inventory.js";
import type { PlayedProvider } from "./played-provider.js";

/** Everybody whom a payment meets, and what cases say of them. */
export interface Played {
  readonly inventory: PlayedInventory;
  readonly provider: PlayedProvider;
  readonly scripts: CaseScripts;
  /** Names of users whose accounts are gone. */
  readonly gone: Set<string>;
  /** Names of users whom the user service does not know. */
  readonly unknown: Set<string>;
}
