import type { CreateReservationRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Reservation, type ReservationLine } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";
import { toTtlMs } from "../rules/reservation.js";

export async function createReservation(
  { reservations, newId }: InventoryContext,
  { reservation, requestId }: CreateReservationRequest,
  call: Call,
): Promise<Reservation> {
  const { lines, ttl } = Reservation.fromPartial(reservation ?? {});
  const ttlMs = toTtlMs(ttl);
  const key = toRequestKey(call, requestId, saidBy(lines, ttlMs));
  const pieces = lines.map(({ item, quantity }) => [fromItemName(item), quantity] as const);
  return reservations.create({ id: newId(), ttlMs, lines: pieces }, key);
}

function saidBy(lines: readonly ReservationLine[], ttlMs: number): readonly string[] {
  const pieces = lines.flatMap(({ item, quantity }) => [item, String(quantity)]);
  return ["CreateReservation", String(ttlMs), ...pieces];
}
