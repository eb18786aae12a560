import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { bind, type Handlers, type ServiceBinding } from "@theseus/kit";
import type { ItemStore } from "../store/item-store.js";
import type { LevelStore } from "../store/level-store.js";
import type { ReservationStore } from "../store/reservation-store.js";
import type { LevelFeed } from "../watch/level-feed.js";
import { createBulkMethods } from "./bulk-methods.js";
import { createItemMethods } from "./item-methods.js";
import { createReservationMethods } from "./reservation-methods.js";
import { createWatchMethods } from "./watch-methods.js";

/** What the service stands on. */
export interface InventoryParts {
  readonly items: ItemStore;
  readonly reservations: ReservationStore;
  readonly levels: LevelStore;
  readonly feed: LevelFeed;
  readonly newId: () => string;
}

/** Some of the service's methods. */
export type Methods<K extends keyof typeof InventoryServiceService> = Pick<
  Handlers<typeof InventoryServiceService>,
  K
>;

export function createInventoryService(parts: InventoryParts): ServiceBinding {
  return bind(InventoryServiceService, InventoryService, {
    ...createItemMethods(parts),
    ...createReservationMethods(parts),
    ...createWatchMethods(parts),
    ...createBulkMethods(parts),
  });
}
