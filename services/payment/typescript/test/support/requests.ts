import { randomUUID } from "node:crypto";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { World } from "./world.js";
import { euros } from "./world.js";

/** A request of Anna's for a reservation of her own of 12.50 EUR. */
export function newPayment(world: World, cardToken = "card-ok", owner = "users/anna"): CreatePaymentRequest {
  const reservation = world.inventory.reserve(owner, euros(12, 50));
  return { reservation, cardToken, requestId: randomUUID() };
}
