import type {
  WatchPaymentRequest,
  WatchPaymentResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Call } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { isSettled, type LogEvent, lastEvent, type PaymentLog, upTo } from "../saga/payment-log.js";
import { catchUp } from "../store/payment-store.js";
import { findPayment } from "./find-payment.js";
import { toPayment, toPaymentEvent } from "./payment-message.js";
import { fromResumeToken, toResumeToken } from "./resume-token.js";

/** How often to poll for what other processes have added. */
const POLL_MS = 250;

export async function* watchPayment(
  { store, changes }: PaymentContext,
  { name, resumeToken }: WatchPaymentRequest,
  call: Call,
): AsyncGenerator<WatchPaymentResponse> {
  let log = await findPayment(store, call, { name, field: "name", visible: "own" });
  let told = fromResumeToken(log, resumeToken);
  using subscription = changes.subscribe(log.intent.id);
  for (;;) {
    for (const event of log.events) {
      if (event.sequence > told) yield toResponse(log, event);
    }
    told = lastEvent(log).sequence;
    if (isSettled(log)) return;
    await subscription.nextChange(POLL_MS, call.signal);
    log = await catchUp(store, log);
  }
}

function toResponse(log: PaymentLog, event: LogEvent): WatchPaymentResponse {
  return {
    event: toPaymentEvent(log.intent.id, event),
    payment: toPayment(upTo(log, event.sequence)),
    resumeToken: toResumeToken(log, event.sequence),
  };
}
