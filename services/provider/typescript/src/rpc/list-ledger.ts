import {
  LedgerEntryType,
  type ListLedgerRequest,
  type ListLedgerResponse,
  type LedgerEntry as WireEntry,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { decodePageToken, encodePageToken, pageSize } from "@theseus/kit";
import type { ProviderContext } from "../provider-context.js";
import type { LedgerEntry } from "../rules/ledger.js";
import type { RecordKind } from "../store/ledger-record.js";

const TYPES: Readonly<Record<RecordKind, LedgerEntryType>> = {
  AUTHORIZED: LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED,
  DECLINED: LedgerEntryType.LEDGER_ENTRY_TYPE_DECLINED,
  CAPTURED: LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED,
  CAPTURE_REFUSED: LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURE_REFUSED,
  CANCELLED: LedgerEntryType.LEDGER_ENTRY_TYPE_CANCELLED,
  REFUNDED: LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED,
  REFUND_REFUSED: LedgerEntryType.LEDGER_ENTRY_TYPE_UNSPECIFIED,
};

export async function listLedger(
  { ledger, file }: ProviderContext,
  request: ListLedgerRequest,
): Promise<ListLedgerResponse> {
  await file.settled();
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
    entries: page.map(toWireEntry),
    nextPageToken: last && found.length > size ? encodePageToken(bound, [last.sequence.toString()]) : "",
  };
}

function toWireEntry(entry: LedgerEntry): WireEntry {
  return {
    sequence: BigInt(entry.sequence),
    paymentId: entry.paymentId,
    type: TYPES[entry.kind],
    amount: entry.amount,
    refundId: entry.refundId ?? "",
    entryTime: entry.time,
  };
}
