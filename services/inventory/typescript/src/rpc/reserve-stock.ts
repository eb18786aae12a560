import type { ReserveStockRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import type { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import type { Call } from "@theseus/kit";
import type { InventoryContext } from "../inventory-context.js";
import { fromItemName } from "../rules/item.js";
import { toRequestKey } from "../rules/request-key.js";
import { holdMs } from "../rules/reservation.js";

export async function reserveStock(
  { reservations, newId }: InventoryContext,
  request: ReserveStockRequest,
  call: Call,
): Promise<Reservation> {
  const hold = holdMs(request.holdDuration);
  const key = toRequestKey(call, request.requestId, saidBy(request, hold));
  const lines = request.lines.map((line) => [fromItemName(line.item), line.quantity] as const);
  return reservations.reserve({ id: newId(), holdMs: hold, lines }, key);
}

function saidBy(request: ReserveStockRequest, hold: number): readonly string[] {
  const lines = request.lines.flatMap((line) => [line.item, String(line.quantity)]);
  return ["ReserveStock", String(hold), ...lines];
}
