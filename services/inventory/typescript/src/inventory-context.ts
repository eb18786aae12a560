import type { ItemStore } from "./store/item-store.js";
import type { LevelStore } from "./store/level-store.js";
import type { ReservationStore } from "./store/reservation-store.js";
import type { LevelFeed } from "./watch/level-feed.js";

/** What the RPCs share. */
export interface InventoryContext {
  readonly items: ItemStore;
  readonly reservations: ReservationStore;
  readonly levels: LevelStore;
  readonly feed: LevelFeed;
  readonly newId: () => string;
}
