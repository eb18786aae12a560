import type { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Handlers } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { cancelPayment } from "./cancel-payment.js";
import { createPayment } from "./create-payment.js";
import { findPayment } from "./find-payment.js";
import { listPaymentEvents, listPayments } from "./list-payments.js";
import { toPayment } from "./payment-message.js";
import { refundPayment } from "./refund-payment.js";
import { watchPayment } from "./watch-payment.js";

export function createPaymentService(context: PaymentContext): Handlers<typeof PaymentServiceService> {
  return {
    createPayment: (request, call) => createPayment(context, request, call),
    getPayment: async ({ name }, call) =>
      toPayment(await findPayment(context.store, call, { name, field: "name", visible: "own or admin" })),
    listPayments: (request, call) => listPayments(context, request, call),
    cancelPayment: (request, call) => cancelPayment(context, request, call),
    refundPayment: (request, call) => refundPayment(context, request, call),
    listPaymentEvents: (request, call) => listPaymentEvents(context, request, call),
    watchPayment: (request, call) => watchPayment(context, request, call),
  };
}
