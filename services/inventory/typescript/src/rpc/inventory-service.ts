import type { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Handlers } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { addStock } from "./add-stock.js";
import { commitReservation } from "./commit-reservation.js";
import { createItem } from "./create-item.js";
import { createReservation } from "./create-reservation.js";
import { getItem } from "./get-item.js";
import { getReservation } from "./get-reservation.js";
import { importItems } from "./import-items.js";
import { listItems } from "./list-items.js";
import { releaseReservation } from "./release-reservation.js";
import { syncStock } from "./sync-stock.js";
import { uncommitReservation } from "./uncommit-reservation.js";
import { updateItem } from "./update-item.js";
import { watchStock } from "./watch-stock.js";

export function createInventoryService(context: InventoryContext): Handlers<typeof InventoryServiceService> {
  return {
    createItem: (request, call) => createItem(context, request, call),
    updateItem: (request, call) => updateItem(context, request, call),
    getItem: (request) => getItem(context, request),
    listItems: (request) => listItems(context, request),
    addStock: (request, call) => addStock(context, request, call),
    createReservation: (request, call) => createReservation(context, request, call),
    getReservation: (request, call) => getReservation(context, request, call),
    releaseReservation: (request, call) => releaseReservation(context, request, call),
    commitReservation: (request) => commitReservation(context, request),
    uncommitReservation: (request) => uncommitReservation(context, request),
    watchStock: (request, call) => watchStock(context, request, call),
    importItems: (rows, call) => importItems(context, rows, call),
    syncStock: (counts, call) => syncStock(context, counts, call),
  };
}
