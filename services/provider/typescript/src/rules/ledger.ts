import { addMoney, type Money, noMoney, subtractMoney } from "@theseus/kit";
import type { LedgerRecord } from "../store/ledger-record.js";
import type { CardBehaviour } from "./card-behaviour.js";

/** A record that ListLedger answers, with its place in the ledger. */
export interface LedgerEntry extends LedgerRecord {
  readonly sequence: number;
}

/** What the records say of one payment. */
export interface Account {
  /** Fingerprint of the authorisation; undefined when none was requested. */
  readonly request?: string;
  readonly behaviour?: CardBehaviour;
  readonly authorized?: Money;
  readonly declined: boolean;
  readonly cancelled: boolean;
  readonly captured?: Money;
  readonly captureRefused: boolean;
  readonly refunded?: Money;
}

export interface Refund {
  readonly request: string;
  readonly refused: boolean;
}

export interface Ledger {
  account(paymentId: string): Account;
  refund(refundId: string): Refund | undefined;
  entries(): readonly LedgerEntry[];
  add(record: LedgerRecord): void;
}

const UNKNOWN: Account = { declined: false, cancelled: false, captureRefused: false };

export function createLedger(records: readonly LedgerRecord[]): Ledger {
  const accounts = new Map<string, Account>();
  const refunds = new Map<string, Refund>();
  const entries: LedgerEntry[] = [];
  const account = (paymentId: string) => accounts.get(paymentId) ?? UNKNOWN;

  function add(record: LedgerRecord): void {
    accounts.set(record.paymentId, after(account(record.paymentId), record));
    const { kind, refundId, request = "" } = record;
    if (refundId !== undefined) refunds.set(refundId, { request, refused: kind === "REFUND_REFUSED" });
    if (kind !== "REFUND_REFUSED") entries.push({ ...record, sequence: entries.length + 1 });
  }

  for (const record of records) add(record);
  return { account, refund: (refundId) => refunds.get(refundId), entries: () => entries, add };
}

/** The part of a capture that has not been refunded; undefined when nothing was captured. */
export function remaining({ captured, refunded }: Account): Money | undefined {
  return captured && subtractMoney(captured, refunded ?? noMoney(captured.currencyCode));
}

function after(account: Account, record: LedgerRecord): Account {
  const { kind, amount, request, behaviour } = record;
  const asked = { ...(request !== undefined && { request }), ...(behaviour && { behaviour }) };
  switch (kind) {
    case "AUTHORIZED":
      return { ...account, ...asked, ...(amount && { authorized: amount }) };
    case "DECLINED":
      return { ...account, ...asked, declined: true };
    case "CAPTURED":
      return { ...account, ...(amount && { captured: amount }) };
    case "CAPTURE_REFUSED":
      return { ...account, captureRefused: true };
    case "CANCELLED":
      return { ...account, cancelled: true };
    case "REFUNDED":
      if (amount === undefined) return account;
      return { ...account, refunded: addMoney(account.refunded ?? noMoney(amount.currencyCode), amount) };
    case "REFUND_REFUSED":
      return account;
    default:
      return kind satisfies never;
  }
}
