import type { CancelRequest, CancelResponse } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Call } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import { cancel as decide } from "../rules/verdict.js";
import { settle } from "./settle.js";
import { beforeActing, behaviourOfPayment } from "./simulated-faults.js";

export async function cancel(
  context: ProviderContext,
  { paymentId }: CancelRequest,
  call: Call,
): Promise<CancelResponse> {
  await beforeActing(behaviourOfPayment(context, paymentId), call);
  const { outcome } = await settle(context, paymentId, () => decide(context.ledger.account(paymentId)));
  return { outcome };
}
