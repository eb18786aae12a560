import type {
  WatchPaymentRequest,
  WatchPaymentResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Call } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { isSettled, type LogEvent, lastEvent, type PaymentLog, upTo } from "../saga/payment-log.js";
import { findPayment } from "./find-payment.js";
import { toPayment, toPaymentEvent } from "./payment-message.js";
import { fromResumeToken, toResumeToken } from "./resume-token.js";

export async function* watchPayment(
  { store, logFeeds }: PaymentContext,
  { name, resumeToken }: WatchPaymentRequest,
  call: Call,
): AsyncGenerator<WatchPaymentResponse> {
  let log = await findPayment(store, call, { name, field: "name", visible: "own" });
  let told = fromResumeToken(log, resumeToken);
  using feed = logFeeds.open(log);
  for (;;) {
    for (const event of log.events) {
      if (event.sequence > told) yield toResponse(log, event);
    }
    told = lastEvent(log).sequence;
    if (isSettled(log)) return;
    log = await feed.grown(log, call.signal);
  }
}

function toResponse(log: PaymentLog, event: LogEvent): WatchPaymentResponse {
  return {
    event: toPaymentEvent(log.intent.id, event),
    payment: toPayment(upTo(log, event.sequence)),
    resumeToken: toResumeToken(log, event.sequence),
  };
}
