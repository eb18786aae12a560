import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { GetPaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Call } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { findPayment } from "./find-payment.js";
import { toPayment } from "./payment-message.js";

export async function getPayment(
  { store }: PaymentContext,
  { name }: GetPaymentRequest,
  call: Call,
): Promise<Payment> {
  return toPayment(await findPayment(store, call, { name, field: "name", visible: "own or admin" }));
}
