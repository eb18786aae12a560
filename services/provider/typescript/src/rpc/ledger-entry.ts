import {
  LedgerEntryType,
  type LedgerEntry as WireEntry,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
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

export function toLedgerEntry(entry: LedgerEntry): WireEntry {
  return {
    sequence: BigInt(entry.sequence),
    paymentId: entry.paymentId,
    type: TYPES[entry.kind],
    amount: entry.amount,
    refundId: entry.refundId ?? "",
    entryTime: entry.time,
  };
}
