import type { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Handlers } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { cancelPayment } from "./cancel-payment.js";
import { createPayment } from "./create/create-payment.js";
import { getPayment } from "./get-payment.js";
import { listPaymentEvents } from "./list-payment-events.js";
import { listPayments } from "./list-payments.js";
import { findStrayCharges } from "./reconcile/find-stray-charges.js";
import { reconcilePayment } from "./reconcile/reconcile-payment.js";
import { refundPayment } from "./refund-payment.js";
import { watchPayment } from "./watch-payment.js";

export function createPaymentService(context: PaymentContext): Handlers<typeof PaymentServiceService> {
  return {
    createPayment: (request, call) => createPayment(context, request, call),
    getPayment: (request, call) => getPayment(context, request, call),
    listPayments: (request, call) => listPayments(context, request, call),
    cancelPayment: (request, call) => cancelPayment(context, request, call),
    refundPayment: (request, call) => refundPayment(context, request, call),
    reconcilePayment: (request, call) => reconcilePayment(context, request, call),
    findStrayCharges: (request, call) => findStrayCharges(context, request, call),
    listPaymentEvents: (request, call) => listPaymentEvents(context, request, call),
    watchPayment: (request, call) => watchPayment(context, request, call),
  };
}
