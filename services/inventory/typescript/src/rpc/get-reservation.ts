import type { GetReservationRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromReservationName } from "../rules/reservation.js";

const PAYMENT = "payment";

export async function getReservation(
  { reservations }: InventoryContext,
  { name }: GetReservationRequest,
  call: Call,
): Promise<Reservation> {
  return reservations.get(fromReservationName(name), ownerAsking(call));
}

/** Whose reservations the caller may see: its own, or undefined for a workload that may see all. */
function ownerAsking(call: Call): string | undefined {
  return call.caller === PAYMENT ? undefined : call.principal?.user;
}
