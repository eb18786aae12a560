import { setTimeout as sleep } from "node:timers/promises";
import { type Call, ErrorReason, StatusError } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import type { CardBehaviour } from "../rules/card-behaviour.js";

const SLOW_MS = 2000;

/** What the card of a known payment does. */
export function behaviourOfPayment({ ledger }: ProviderContext, paymentId: string): CardBehaviour {
  return ledger.account(paymentId).behaviour ?? "ok";
}

/** Refuses or waits, if the card is one of those. */
export async function beforeActing(behaviour: CardBehaviour, { signal }: Call): Promise<void> {
  if (behaviour === "down")
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the card's bank does not answer");
  if (behaviour === "slow") await sleep(SLOW_MS, undefined, { signal });
}

/** Never answers: rejects when the call ends. */
export function neverAnswer({ signal }: Call): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
