import {
  AuthorizeOutcome,
  type AuthorizeRequest,
  CancelOutcome,
  CaptureOutcome,
  LedgerEntry,
  LedgerEntryType,
  type ListLedgerRequest,
  type ListLedgerResponse,
  RefundOutcome,
  type RefundRequest,
} from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { ErrorReason, StatusError } from "@theseus/kit";

type Money = NonNullable<AuthorizeRequest["amount"]>;

interface Account {
  state: "none" | "authorized" | "declined" | "captured" | "refused" | "cancelled";
  card: string;
  amount?: Money;
  readonly refunds: Map<string, Money>;
}

/** The card provider, played by its contract: every answer is definite, and every call can be repeated. */
export class PlayedProvider {
  readonly #accounts = new Map<string, Account>();
  #ledger: LedgerEntry[] = [];
  readonly #lost = new Set<string>();

  authorize({ paymentId, amount, cardToken }: AuthorizeRequest): AuthorizeOutcome {
    const account = this.#account(paymentId);
    const isOther = account.card !== cardToken || (amount !== undefined && !isSame(account.amount, amount));
    if (account.amount !== undefined && isOther) {
      throw new StatusError(ErrorReason.REQUEST_ID_REUSED, "the payment has another amount or card");
    }
    if (account.state === "none") {
      account.card = cardToken;
      if (amount !== undefined) account.amount = amount;
      account.state = cardToken === "card-declined" ? "declined" : "authorized";
      const declined = account.state === "declined";
      this.#note(
        paymentId,
        declined ? LedgerEntryType.LEDGER_ENTRY_TYPE_DECLINED : LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED,
        amount,
      );
    }
    switch (account.state) {
      case "declined":
        return AuthorizeOutcome.AUTHORIZE_OUTCOME_DECLINED;
      case "cancelled":
        return AuthorizeOutcome.AUTHORIZE_OUTCOME_CANCELLED;
      default:
        return AuthorizeOutcome.AUTHORIZE_OUTCOME_APPROVED;
    }
  }

  capture(paymentId: string): CaptureOutcome {
    const account = this.#account(paymentId);
    if (account.state === "authorized") {
      account.state = account.card === "card-capture-refused" ? "refused" : "captured";
      const refused = account.state === "refused";
      this.#note(
        paymentId,
        refused
          ? LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURE_REFUSED
          : LedgerEntryType.LEDGER_ENTRY_TYPE_CAPTURED,
        account.amount,
      );
    }
    if (account.state === "captured") return CaptureOutcome.CAPTURE_OUTCOME_CAPTURED;
    return account.state === "cancelled"
      ? CaptureOutcome.CAPTURE_OUTCOME_CANCELLED
      : CaptureOutcome.CAPTURE_OUTCOME_REFUSED;
  }

  cancel(paymentId: string): CancelOutcome {
    const account = this.#account(paymentId);
    if (account.state === "captured") return CancelOutcome.CANCEL_OUTCOME_CAPTURED;
    if (account.state !== "cancelled") this.#note(paymentId, LedgerEntryType.LEDGER_ENTRY_TYPE_CANCELLED);
    account.state = "cancelled";
    return CancelOutcome.CANCEL_OUTCOME_CANCELLED;
  }

  refund({ paymentId, refundId, amount }: RefundRequest): RefundOutcome {
    const account = this.#account(paymentId);
    const earlier = account.refunds.get(refundId);
    if (earlier !== undefined && amount !== undefined && !isSame(earlier, amount)) {
      throw new StatusError(ErrorReason.REQUEST_ID_REUSED, "the refund has another amount");
    }
    if (earlier !== undefined) return RefundOutcome.REFUND_OUTCOME_REFUNDED;
    const left =
      nanosOf(account.amount) - [...account.refunds.values()].reduce((sum, each) => sum + nanosOf(each), 0n);
    const wanted = amount === undefined ? left : nanosOf(amount);
    if (account.state !== "captured" || wanted > left || account.amount === undefined) {
      return RefundOutcome.REFUND_OUTCOME_REFUSED;
    }
    const money = {
      currencyCode: account.amount.currencyCode,
      units: wanted / NANOS,
      nanos: Number(wanted % NANOS),
    };
    account.refunds.set(refundId, money);
    this.#note(paymentId, LedgerEntryType.LEDGER_ENTRY_TYPE_REFUNDED, money, refundId);
    return RefundOutcome.REFUND_OUTCOME_REFUNDED;
  }

  ledger(paymentId: string): readonly LedgerEntry[] {
    return this.#ledger.filter((entry) => paymentId === "" || entry.paymentId === paymentId);
  }

  /** One page; a token is the number of the entries before the page. */
  listLedger({ paymentId, pageSize, pageToken }: ListLedgerRequest): ListLedgerResponse {
    const all = this.ledger(paymentId);
    const from = Number(pageToken);
    const to = from + (pageSize === 0 ? 50 : Math.min(pageSize, 200));
    return { entries: all.slice(from, to), nextPageToken: to < all.length ? String(to) : "" };
  }

  /** As if only the first entries about a payment had been kept. */
  lose(paymentId: string, after: number): void {
    const account = this.#account(paymentId);
    const kept = this.ledger(paymentId).slice(0, after);
    this.#ledger = this.#ledger.filter((entry) => entry.paymentId !== paymentId || kept.includes(entry));
    account.refunds.clear();
    account.state = kept.length === 0 ? "none" : "authorized";
    if (kept.length === 0) this.#accounts.delete(paymentId);
  }

  /** How a call about a payment behaves by its card; `card` is given with the call that brings it. */
  behaviour(
    method: "Authorize" | "Capture",
    paymentId: string,
    card?: string,
  ): "answer" | "lose" | "down" | "slow" {
    const token = card ?? this.#accounts.get(paymentId)?.card;
    if (token === "card-down") return "down";
    if (token === "card-slow") return "slow";
    const key = `${method} ${paymentId}`;
    if (token !== "card-lost-reply" || this.#lost.has(key)) return "answer";
    this.#lost.add(key);
    return "lose";
  }

  #account(paymentId: string): Account {
    const known = this.#accounts.get(paymentId);
    if (known !== undefined) return known;
    const made: Account = { state: "none", card: "", refunds: new Map() };
    this.#accounts.set(paymentId, made);
    return made;
  }

  #note(paymentId: string, type: LedgerEntryType, amount?: Money, refundId = ""): void {
    const sequence = BigInt(this.#ledger.length + 1);
    this.#ledger.push(
      LedgerEntry.fromPartial({
        sequence,
        paymentId,
        type,
        refundId,
        entryTime: new Date(),
        ...(amount && { amount }),
      }),
    );
  }
}

const NANOS = 1_000_000_000n;

function nanosOf(money: Money | undefined): bigint {
  return money === undefined ? 0n : money.units * NANOS + BigInt(money.nanos);
}

function isSame(a: Money | undefined, b: Money): boolean {
  return a?.currencyCode === b.currencyCode && nanosOf(a) === nanosOf(b);
}
