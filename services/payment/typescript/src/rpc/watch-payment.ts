import type {
  WatchPaymentRequest,
  WatchPaymentResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import type { Call } from "@theseus/kit";
import type { PaymentContext } from "../payment-context.js";
import { isSettled, lastEvent, upTo } from "../saga/payment-log.js";
import { catchUp } from "../store/payment-store.js";
import { findPayment } from "./find-payment.js";
import { toPayment, toPaymentEvent } from "./payment-message.js";

/** How often to poll for what other processes have added. */
const POLL_MS = 250;

export async function* watchPayment(
  { store, changes }: PaymentContext,
  { name, afterSequence }: WatchPaymentRequest,
  call: Call,
): AsyncGenerator<WatchPaymentResponse> {
  let log = await findPayment(store, call, { name, field: "name", visible: "own" });
  const { id } = log.intent;
  using subscription = changes.subscribe(id);
  for (let told = afterSequence; ; log = await catchUp(store, log)) {
    for (const event of log.events) {
      if (BigInt(event.sequence) <= told) continue;
      yield { event: toPaymentEvent(id, event), payment: toPayment(upTo(log, event.sequence)) };
    }
    const last = BigInt(lastEvent(log).sequence);
    if (last > told) told = last;
    if (isSettled(log)) return;
    await subscription.nextChange(POLL_MS, call.signal);
  }
}
