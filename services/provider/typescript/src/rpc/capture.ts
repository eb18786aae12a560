import type { CaptureRequest, CaptureResponse } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Call } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import { capture as decide } from "../rules/verdict.js";
import { settle } from "./settle.js";
import { beforeActing, behaviourOfPayment, neverAnswer } from "./simulated-faults.js";

export async function capture(
  context: ProviderContext,
  { paymentId }: CaptureRequest,
  call: Call,
): Promise<CaptureResponse> {
  const behaviour = behaviourOfPayment(context, paymentId);
  await beforeActing(behaviour, call);
  const { outcome, first } = await settle(context, paymentId, () =>
    decide(context.ledger.account(paymentId)),
  );
  if (first && behaviour === "lost-reply") await neverAnswer(call);
  return { outcome };
}
