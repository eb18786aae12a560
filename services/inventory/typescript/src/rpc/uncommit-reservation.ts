import type { Empty } from "@theseus/contract/google/protobuf/empty.js";
import type { UncommitReservationRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { InventoryContext } from "../inventory-context.js";
import { fromReservationName } from "../rules/reservation.js";

export async function uncommitReservation(
  { reservations }: InventoryContext,
  { name, payment }: UncommitReservationRequest,
): Promise<Empty> {
  await reservations.uncommit(fromReservationName(name), payment);
  return {};
}
