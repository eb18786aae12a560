import type { ReleaseReservationRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { type Call, requireUser } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromReservationName } from "../rules/reservation.js";

export async function releaseReservation(
  { reservations }: InventoryContext,
  { name }: ReleaseReservationRequest,
  call: Call,
): Promise<Reservation> {
  return reservations.release(fromReservationName(name), requireUser(call).user);
}
