import type {
  UncommitReservationRequest,
  UncommitReservationResponse,
} from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { InventoryContext } from "../inventory-context.js";
import { fromReservationName } from "../rules/reservation.js";

export async function uncommitReservation(
  { reservations }: InventoryContext,
  { name, payment }: UncommitReservationRequest,
): Promise<UncommitReservationResponse> {
  await reservations.uncommit(fromReservationName(name), payment);
  return {};
}
