import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CancelPaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import { contextOf } from "../drive/request-context.js";
import { exponentialRetry } from "../drive/retry-policy.js";
import { nextEvent } from "../drive/step.js";
import { tellEvent } from "../drive/tell-event.js";
import type { PaymentContext } from "../payment-context.js";
import { type PaymentLog, stateOf } from "../saga/payment-log.js";
import { onCancel } from "../saga/saga.js";
import { catchUp } from "../store/payment-store.js";
import { beforeDeadline } from "./before-deadline.js";
import { findPayment } from "./find-payment.js";
import { toPayment } from "./payment-message.js";

export async function cancelPayment(
  context: PaymentContext,
  { name }: CancelPaymentRequest,
  call: Call,
): Promise<Payment> {
  const { store, driver, clock } = context;
  const aborting = await abort(
    context,
    await findPayment(store, call, { name, field: "name", visible: "own" }),
    call,
  );
  if (stateOf(aborting) === "FAILED") return toPayment(aborting);
  const driving = driver.drive(aborting, contextOf(call), exponentialRetry(clock, context.recoverAfterMs));
  const result = await beforeDeadline(driving, call, clock);
  return toPayment(result?.log ?? (await catchUp(store, aborting)));
}

/** Others may drive the payment meanwhile: each insert that fails means one event more, and there are few to come. */
async function abort(
  { store, changes, clock }: PaymentContext,
  start: PaymentLog,
  call: Call,
): Promise<PaymentLog> {
  let log = start;
  for (let move = onCancel(stateOf(log)); move?.kind === "append"; move = onCancel(stateOf(log))) {
    call.signal.throwIfAborted();
    const event = nextEvent(log, move, clock);
    if (await store.insertEvent(log.intent.id, event)) {
      changes.notifyOf(log.intent.id);
      tellEvent(call.log, log.intent, event);
      return { intent: log.intent, events: [...log.events, event] };
    }
    log = await catchUp(store, log);
  }
  const state = stateOf(log);
  if (state === "ABORTING" || state === "FAILED") return log;
  throw new StatusError(ErrorReason.PAYMENT_NOT_CANCELLABLE, "the payment has gone too far to be cancelled");
}
