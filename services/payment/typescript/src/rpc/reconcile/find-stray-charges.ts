import type {
  FindStrayChargesRequest,
  FindStrayChargesResponse,
  StrayCharge,
} from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import {
  type Call,
  decodePageToken,
  downstream,
  ErrorReason,
  encodePageToken,
  pageSize,
  StatusError,
} from "@theseus/kit";
import { readLedger, toLine } from "../../drive/other-sides.js";
import type { PaymentContext } from "../../payment-context.js";
import { type LedgerLine, strayMoney } from "../../saga/comparison.js";

/** A cursor: the provider's own page token. */
const OF_PROVIDER = [/^[!-~]+$/];
const BOUND = ["FindStrayCharges"];

/** A payment's intent is written before the provider hears of it: a line without one is of a payment that was lost. */
export async function findStrayCharges(
  { store, peers }: PaymentContext,
  request: FindStrayChargesRequest,
  call: Call,
): Promise<FindStrayChargesResponse> {
  const [pageToken = ""] =
    request.pageToken === "" ? [] : decodePageToken(BOUND, request.pageToken, OF_PROVIDER);
  const page = { paymentId: "", pageSize: pageSize(request.pageSize), pageToken };
  const { entries, nextPageToken } = await ofProvider(
    peers.provider.listLedger(page, downstream(call)),
    call,
  );
  // Every payment that the provider knows has one line of this type.
  const ids = entries.flatMap(({ type, paymentId }) =>
    type === LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED ? [paymentId] : [],
  );
  const known = new Set((await store.loadAll(ids)).map(({ intent }) => intent.id));
  const charges: StrayCharge[] = [];
  for (const id of ids.filter((each) => !known.has(each))) {
    const lines = await ofProvider(readLedger(peers, id, downstream(call)), call);
    charges.push(...toCharge(id, lines.map(toLine)));
  }
  return {
    charges,
    nextPageToken: nextPageToken === "" ? "" : encodePageToken(BOUND, [nextPageToken]),
  };
}

function toCharge(paymentId: string, lines: readonly LedgerLine[]): readonly StrayCharge[] {
  const money = strayMoney(lines);
  return money === undefined ? [] : [{ paymentId, ...money }];
}

async function ofProvider<T>(answer: Promise<T>, call: Call): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    call.signal.throwIfAborted();
    throw new StatusError(ErrorReason.SERVICE_UNAVAILABLE, "the card provider does not answer", { cause });
  }
}
