import { randomUUID } from "node:crypto";
import { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { eventually } from "@theseus/testing";
import { euros, type World } from "./world.js";

export type NewPayment = CreatePaymentRequest & { readonly payment: Payment };

/** A request of Anna's for a reservation of her own of 12.50 EUR. */
export function newPayment(world: World, cardToken = "card-ok", owner = "users/anna"): NewPayment {
  const reservation = world.inventory.reserve(owner, euros(12, 50));
  return { payment: Payment.fromPartial({ reservation, cardToken }), requestId: randomUUID() };
}

/** The same request, with other fields in its payment. */
export function changed(request: NewPayment, fields: Partial<Payment>): NewPayment {
  return { ...request, payment: { ...request.payment, ...fields } };
}

/** The name of the payment that a request has begun, as soon as there is one. */
export async function begunBy({ db }: World, { requestId }: CreatePaymentRequest): Promise<string> {
  const payments = db.collection("payments");
  const intent = await eventually("there is a payment", () => payments.findOne({ request_id: requestId }));
  return `payments/${intent._id}`;
}
