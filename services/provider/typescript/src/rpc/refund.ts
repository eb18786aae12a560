import type { RefundRequest, RefundResponse } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Call } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import { assertAmount } from "../rules/amount.js";
import { refund as decide } from "../rules/verdict.js";
import { settle } from "./settle.js";
import { beforeActing, behaviourOfPayment } from "./simulated-faults.js";

export async function refund(
  context: ProviderContext,
  { paymentId, refundId, amount }: RefundRequest,
  call: Call,
): Promise<RefundResponse> {
  const money = amount && assertAmount(amount);
  await beforeActing(behaviourOfPayment(context, paymentId), call);
  const asked = { paymentId, refundId, ...(money && { amount: money }) };
  const { outcome } = await settle(context, paymentId, () => decide(context.ledger, asked));
  return { outcome };
}
