import type {
  AuthorizeRequest,
  AuthorizeResponse,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import type { Call } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import { assertAmount } from "../rules/amount.js";
import { behaviourOf } from "../rules/card-behaviour.js";
import { authorize as decide } from "../rules/verdict.js";
import { settle } from "./settle.js";
import { beforeActing, neverAnswer } from "./simulated-faults.js";

export async function authorize(
  context: ProviderContext,
  { paymentId, amount, cardToken }: AuthorizeRequest,
  call: Call,
): Promise<AuthorizeResponse> {
  const money = assertAmount(amount);
  const behaviour = behaviourOf(cardToken);
  await beforeActing(behaviour, call);
  const { outcome, first } = await settle(context, paymentId, () =>
    decide(context.ledger.account(paymentId), cardToken, money),
  );
  if (first && behaviour === "lost-reply") await neverAnswer(call);
  return { outcome };
}
