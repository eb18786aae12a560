import { PaymentMismatchKind } from "@theseus/contract/theseus/payment/v1/payment_mismatch.js";
import type {
  ReconcilePaymentRequest,
  ReconcilePaymentResponse,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { type Call, downstream } from "@theseus/kit";
import { readOtherSides } from "../../drive/other-sides.js";
import { contextOf } from "../../drive/request-context.js";
import type { PaymentContext } from "../../payment-context.js";
import { compare, type Mismatch, type MismatchKind } from "../../saga/comparison.js";
import { isSettled, lastEvent, type PaymentLog } from "../../saga/payment-log.js";
import { catchUp } from "../../store/payment-store.js";
import { findPayment } from "../find-payment.js";
import { toPayment } from "../payment-message.js";

export async function reconcilePayment(
  context: PaymentContext,
  request: ReconcilePaymentRequest,
  call: Call,
): Promise<ReconcilePaymentResponse> {
  const start = await findPayment(context.store, call, { name: request.name, field: "name", visible: "any" });
  const before = await compareAtRest(context, start, call);
  if (before.mismatches === undefined)
    return { payment: toPayment(before.log), compared: false, mismatches: [] };
  await mend(context, before.mismatches, call);
  const after = before.mismatches.some((each) => each.mend !== undefined)
    ? await compareAtRest(context, before.log, call)
    : before;
  const left = new Set(after.mismatches?.map(keyOf));
  const mismatches = before.mismatches.map((each) => toMessage(each, !left.has(keyOf(each))));
  for (const { kind, subject, expected, found, mended } of mismatches) {
    const facts = { event: "mismatch", payment: start.intent.id, subject, expected, found, mended };
    call.log.warn({ ...facts, kind: PaymentMismatchKind[kind] }, "a payment and another party do not agree");
  }
  return { payment: toPayment(after.log), compared: true, mismatches };
}

interface Compared {
  readonly log: PaymentLog;
  /** Undefined while something is under way. */
  readonly mismatches?: readonly Mismatch[];
}

/** What the others say counts only when nothing was added to the log while they were asked. */
async function compareAtRest(
  { store, peers, clock }: PaymentContext,
  start: PaymentLog,
  call: Call,
): Promise<Compared> {
  let log = await catchUp(store, start);
  while (isSettled(log)) {
    const sides = await readOtherSides(peers, log.intent, downstream(call));
    const current = await catchUp(store, log);
    if (lastEvent(current).sequence === lastEvent(log).sequence)
      return { log, mismatches: compare(log, sides, clock.now()) };
    log = current;
  }
  return { log };
}

/** In order: money has to be taken again before a refund of it can be made again. */
async function mend({ ask }: PaymentContext, mismatches: readonly Mismatch[], call: Call): Promise<void> {
  const context = { ...contextOf(call), signal: call.signal };
  for (const { mend } of mismatches) if (mend !== undefined) await ask(mend.question, mend.log, context);
}

function keyOf({ kind, subject }: Mismatch): string {
  return `${kind} ${subject}`;
}

const KINDS: Readonly<Record<MismatchKind, PaymentMismatchKind>> = {
  STOCK_NOT_SOLD: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_STOCK_NOT_SOLD,
  STOCK_SOLD: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_STOCK_SOLD,
  MONEY_NOT_TAKEN: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_MONEY_NOT_TAKEN,
  MONEY_SET_ASIDE: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_MONEY_SET_ASIDE,
  MONEY_TAKEN: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_MONEY_TAKEN,
  REFUND_MISSING: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_REFUND_MISSING,
  REFUND_UNKNOWN: PaymentMismatchKind.PAYMENT_MISMATCH_KIND_REFUND_UNKNOWN,
};

function toMessage({ kind, subject, expected, found }: Mismatch, mended: boolean) {
  return { kind: KINDS[kind], subject, expected, found, mended };
}
