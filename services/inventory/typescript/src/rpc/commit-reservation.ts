import type { CommitReservationRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import type { InventoryContext } from "../inventory-context.js";
import { fromReservationName } from "../rules/reservation.js";

export async function commitReservation(
  { reservations }: InventoryContext,
  { name, payment }: CommitReservationRequest,
): Promise<Reservation> {
  return reservations.commit(fromReservationName(name), payment);
}
