import type { ReserveStockRequest } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { assertResourceName, type Call, requireUser } from "@theseus/kit";
import { fromItemName } from "../rules/item.js";
import { holdMs, RESERVATIONS } from "../rules/reservation.js";
import type { InventoryParts, Methods } from "./inventory-service.js";
import { toRequestKey } from "./request-key.js";

const PAYMENT = "payment";

type ReservationMethods = Methods<
  "reserveStock" | "getReservation" | "releaseReservation" | "commitReservation" | "uncommitReservation"
>;

/** Holding stock, and what becomes of it. */
export function createReservationMethods({ reservations, newId }: InventoryParts): ReservationMethods {
  return {
    reserveStock(request, call) {
      const hold = holdMs(request.holdDuration);
      const key = toRequestKey(call, request.requestId, reserveFingerprint(request, hold));
      const lines = request.lines.map((line) => [fromItemName(line.item), line.quantity] as const);
      return reservations.reserve({ id: newId(), holdMs: hold, lines }, key);
    },

    getReservation: ({ name }, call) => reservations.get(toId(name), ownerAsking(call)),

    releaseReservation: ({ name }, call) => reservations.release(toId(name), requireUser(call).user),

    commitReservation: ({ name, payment }) => reservations.commit(toId(name), payment),

    async uncommitReservation({ name, payment }) {
      await reservations.uncommit(toId(name), payment);
      return {};
    },
  };
}

function reserveFingerprint(request: ReserveStockRequest, hold: number): readonly string[] {
  const lines = request.lines.flatMap((line) => [line.item, String(line.quantity)]);
  return ["ReserveStock", String(hold), ...lines];
}

/** Whose reservations the caller may see: its own, or undefined for a workload that may see all. */
function ownerAsking(call: Call): string | undefined {
  return call.caller === PAYMENT ? undefined : call.principal?.user;
}

function toId(name: string): string {
  return assertResourceName(RESERVATIONS, name, "name");
}
