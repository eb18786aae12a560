import type { ProviderContext } from "../provider-context.js";
import type { Verdict } from "../rules/verdict.js";

export interface Settled<Outcome> {
  readonly outcome: Outcome;
  /** False for a repeat. */
  readonly first: boolean;
}

/** Decides, and records the decision. Nothing is answered, no repeat either, before the record is on the disk. */
export async function settle<Outcome>(
  { ledger, file, clock }: ProviderContext,
  paymentId: string,
  decide: () => Verdict<Outcome>,
): Promise<Settled<Outcome>> {
  file.assertSound();
  const { outcome, record } = decide();
  if (record) {
    const full = { ...record, paymentId, time: clock.now() };
    file.append(full);
    ledger.add(full);
  }
  await file.settled();
  return { outcome, first: record !== undefined };
}
