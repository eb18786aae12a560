import { setTimeout as sleep } from "node:timers/promises";
import type {
  CardProviderService,
  ListLedgerRequest,
  ListLedgerResponse,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import {
  assertMoney,
  type Call,
  type Clock,
  decodePageToken,
  ErrorReason,
  encodePageToken,
  type Handlers,
  type Money,
  pageSize,
  StatusError,
} from "@theseus/kit";
import { behaviourOf, type CardBehaviour } from "../rules/card-behaviour.js";
import type { Ledger } from "../rules/ledger.js";
import { authorize, cancel, capture, refund, type Verdict } from "../rules/verdict.js";
import type { LedgerFile } from "../store/ledger-file.js";
import { toLedgerEntry } from "./ledger-entry.js";

const SLOW_MS = 2000;

export interface CardProviderParts {
  readonly ledger: Ledger;
  readonly file: LedgerFile;
  readonly clock: Clock;
}

export function createCardProvider({
  ledger,
  file,
  clock,
}: CardProviderParts): Handlers<typeof CardProviderService> {
  const behaviourOfPayment = (paymentId: string) => ledger.account(paymentId).behaviour ?? "ok";

  /** Decides and keeps in one go. Nobody is told anything, a repeat included, before it is on the disk. */
  async function settle<Outcome>(paymentId: string, decide: () => Verdict<Outcome>) {
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

  return {
    authorize: async ({ paymentId, amount, cardToken }, call) => {
      const money = assertAmount(amount);
      const behaviour = behaviourOf(cardToken);
      await beforeActing(behaviour, call);
      const { outcome, first } = await settle(paymentId, () =>
        authorize(ledger.account(paymentId), cardToken, money),
      );
      if (first && behaviour === "lost-reply") await silence(call.signal);
      return { outcome };
    },

    capture: async ({ paymentId }, call) => {
      const behaviour = behaviourOfPayment(paymentId);
      await beforeActing(behaviour, call);
      const { outcome, first } = await settle(paymentId, () => capture(ledger.account(paymentId)));
      if (first && behaviour === "lost-reply") await silence(call.signal);
      return { outcome };
    },

    cancel: async ({ paymentId }, call) => {
      await beforeActing(behaviourOfPayment(paymentId), call);
      const { outcome } = await settle(paymentId, () => cancel(ledger.account(paymentId)));
      return { outcome };
    },

    refund: async ({ paymentId, refundId, amount }, call) => {
      const money = amount && assertAmount(amount);
      await beforeActing(behaviourOfPayment(paymentId), call);
      const asked = { paymentId, refundId, ...(money && { amount: money }) };
      const { outcome } = await settle(paymentId, () => refund(ledger, asked));
      return { outcome };
    },

    listLedger: async (request) => {
      await file.settled();
      return listLedger(ledger, request);
    },
  };
}

function listLedger(ledger: Ledger, request: ListLedgerRequest): ListLedgerResponse {
  const { paymentId } = request;
  const bound = ["ListLedger", paymentId];
  const [after = "0"] =
    request.pageToken === "" ? [] : decodePageToken(bound, request.pageToken, [/^[0-9]{1,15}$/]);
  const size = pageSize(request.pageSize);
  const found = ledger
    .entries()
    .slice(Number(after))
    .filter((entry) => paymentId === "" || entry.paymentId === paymentId);
  const page = found.slice(0, size);
  const last = page.at(-1);
  return {
    entries: page.map(toLedgerEntry),
    nextPageToken: last && found.length > size ? encodePageToken(bound, [last.sequence.toString()]) : "",
  };
}

async function beforeActing(behaviour: CardBehaviour, { signal }: Call): Promise<void> {
  if (behaviour === "down")
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the card's bank does not answer");
  if (behaviour === "slow") await sleep(SLOW_MS, undefined, { signal });
}

/** Never answers: ends with the caller's patience. */
function silence(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function assertAmount(amount: Money | undefined): Money {
  if (amount === undefined) throw new StatusError(ErrorReason.VALIDATION_FAILED, "amount must be given");
  assertMoney(amount, "amount");
  return amount;
}
