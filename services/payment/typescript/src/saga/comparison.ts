import { addMoney, compareMoney, type Money, noMoney, subtractMoney } from "@theseus/kit";
import { toMoneyText } from "./money-text.js";
import { type LogEvent, lastEvent, type PaymentLog, refundIdOf, toPaymentName, upTo } from "./payment-log.js";
import type { Question } from "./saga.js";

/** What inventory and the card provider say of a payment. */
export interface OtherSides {
  readonly reservation: ReservationSide;
  readonly ledger: readonly LedgerLine[];
}

export interface ReservationSide {
  readonly state: "HELD" | "COMMITTED" | "RELEASED" | "EXPIRED" | "MISSING";
  /** Who has it, when it is COMMITTED. */
  readonly payment: string;
}

export interface LedgerLine {
  readonly type: "AUTHORIZED" | "CAPTURED" | "CANCELLED" | "REFUNDED" | "OTHER";
  readonly amount?: Money;
  /** Of REFUNDED. */
  readonly refundId: string;
}

export type MismatchKind =
  | "STOCK_NOT_SOLD"
  | "STOCK_SOLD"
  | "MONEY_NOT_TAKEN"
  | "MONEY_SET_ASIDE"
  | "MONEY_TAKEN"
  | "REFUND_MISSING"
  | "REFUND_UNKNOWN";

export interface Mismatch {
  readonly kind: MismatchKind;
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /** The question of the log that has an answer to it, where asking it again decides nothing anew. */
  readonly mend?: Mend;
}

export interface Mend {
  readonly question: Question;
  /** The log as it was when the question was asked first. */
  readonly log: PaymentLog;
}

/** Inventory keeps a sold reservation for 30 days (its storage.md); the payment is older than that by what it took. */
const SOLD_KEPT_MS = 29 * 24 * 3_600_000;

/** Where a payment at rest and the other sides do not agree. The log is what counts. */
export function compare(log: PaymentLog, sides: OtherSides, now: Date): readonly Mismatch[] {
  const captured = log.events.find(({ type }) => type === "CAPTURED");
  return captured === undefined ? compareFailed(log, sides) : compareCaptured(log, captured, sides, now);
}

function compareCaptured(
  log: PaymentLog,
  captured: LogEvent,
  { reservation, ledger }: OtherSides,
  now: Date,
): readonly Mismatch[] {
  const money = readLedger(log.intent.amount.currencyCode, ledger);
  const found: Mismatch[] = [];
  const forgotten =
    reservation.state === "MISSING" && now.getTime() - log.intent.createTime.getTime() > SOLD_KEPT_MS;
  if (!hasStock(log, reservation) && !forgotten) {
    const stock = { kind: "STOCK_NOT_SOLD", expected: "COMMITTED", found: reservation.state } as const;
    // Only a hold can be sold again. What has ended may be somebody else's by now.
    const mend = reservation.state === "HELD" && ({ question: "COMMIT_STOCK", log } as const);
    found.push({ ...stock, subject: log.intent.reservation, ...(mend && { mend }) });
  }
  if (compareMoney(money.captured, log.intent.amount) !== 0) {
    const expected = toMoneyText(log.intent.amount);
    const mend = isNone(money.captured) &&
      money.isSetAside && { question: "CAPTURE" as const, log: upTo(log, captured.sequence - 1) };
    found.push({
      kind: "MONEY_NOT_TAKEN",
      subject: log.intent.id,
      expected,
      found: toMoneyText(money.captured),
      ...(mend && { mend }),
    });
  }
  return [...found, ...compareRefunds(log, ledger)];
}

function compareRefunds(log: PaymentLog, ledger: readonly LedgerLine[]): readonly Mismatch[] {
  const asked = log.events.filter(({ type }) => type === "REFUND_REQUESTED");
  const made = new Map(refunds(log, ledger).map(({ refundId, amount }) => [refundId, amount]));
  const none = noMoney(log.intent.amount.currencyCode);
  const missing = asked.flatMap(({ sequence, amount = none }): readonly Mismatch[] => {
    const subject = refundIdOf(log, sequence);
    const found = made.get(subject);
    made.delete(subject);
    if (found !== undefined && compareMoney(found, amount) === 0) return [];
    const mend = found === undefined && ({ question: "REFUND", log: upTo(log, sequence) } as const);
    const texts = { expected: toMoneyText(amount), found: toMoneyText(found ?? none) };
    return [{ kind: "REFUND_MISSING", subject, ...texts, ...(mend && { mend }) }];
  });
  const unknown = [...made].map(([subject, amount]) => ({
    kind: "REFUND_UNKNOWN" as const,
    subject,
    expected: toMoneyText(none),
    found: toMoneyText(amount),
  }));
  return [...missing, ...unknown];
}

function compareFailed(log: PaymentLog, { reservation, ledger }: OtherSides): readonly Mismatch[] {
  const { id, amount, reservation: subject } = log.intent;
  const money = readLedger(amount.currencyCode, ledger);
  const none = toMoneyText(noMoney(amount.currencyCode));
  const aborting = log.events.find(({ type }) => type === "ABORTING") ?? lastEvent(log);
  const asked = upTo(log, aborting.sequence);
  const found: Mismatch[] = [];
  if (hasStock(log, reservation)) {
    const mend: Mend = { question: "UNCOMMIT_STOCK", log: asked };
    found.push({ kind: "STOCK_SOLD", subject, expected: "RELEASED", found: "COMMITTED", mend });
  }
  if (money.isSetAside) {
    const texts = { expected: none, found: toMoneyText(money.authorized) };
    found.push({ kind: "MONEY_SET_ASIDE", subject: id, ...texts, mend: { question: "CANCEL", log: asked } });
  }
  if (compareMoney(money.captured, money.refunded) > 0) {
    const kept = subtractMoney(money.captured, money.refunded);
    // Who has refunded by this id before would answer that it is done.
    const isAsked = ledger.some(({ refundId }) => refundId === refundIdOf(log, aborting.sequence));
    const mend = !isAsked && ({ question: "GIVE_BACK_ALL", log: asked } as const);
    const texts = { expected: none, found: toMoneyText(kept) };
    found.push({ kind: "MONEY_TAKEN", subject: id, ...texts, ...(mend && { mend }) });
  }
  return found;
}

function hasStock({ intent }: PaymentLog, { state, payment }: ReservationSide): boolean {
  return state === "COMMITTED" && payment === toPaymentName(intent.id);
}

interface MoneyAtProvider {
  readonly authorized: Money;
  readonly captured: Money;
  readonly refunded: Money;
  /** It can still be taken. */
  readonly isSetAside: boolean;
}

/** In one currency: of a payment's ledger, of another nothing was ever asked. */
function readLedger(currencyCode: string, ledger: readonly LedgerLine[]): MoneyAtProvider {
  const sum = (wanted: LedgerLine["type"]) =>
    ledger
      .flatMap(({ type, amount }) =>
        type === wanted && amount?.currencyCode === currencyCode ? [amount] : [],
      )
      .reduce(addMoney, noMoney(currencyCode));
  const authorized = sum("AUTHORIZED");
  const captured = sum("CAPTURED");
  const isCancelled = ledger.some(({ type }) => type === "CANCELLED");
  const isSetAside = !isNone(authorized) && isNone(captured) && !isCancelled;
  return { authorized, captured, refunded: sum("REFUNDED"), isSetAside };
}

/** What the provider still has of a payment that does not exist; undefined when it has nothing. */
export function strayMoney(
  ledger: readonly LedgerLine[],
): { readonly amount: Money; readonly captured: boolean } | undefined {
  const authorized = ledger.find(({ type }) => type === "AUTHORIZED")?.amount;
  if (authorized === undefined) return undefined;
  const money = readLedger(authorized.currencyCode, ledger);
  if (money.isSetAside) return { amount: authorized, captured: false };
  if (compareMoney(money.captured, money.refunded) <= 0) return undefined;
  return { amount: subtractMoney(money.captured, money.refunded), captured: true };
}

function refunds(log: PaymentLog, ledger: readonly LedgerLine[]) {
  const { currencyCode } = log.intent.amount;
  return ledger.flatMap(({ type, amount, refundId }) =>
    type === "REFUNDED" && amount?.currencyCode === currencyCode ? [{ refundId, amount }] : [],
  );
}

function isNone({ units, nanos }: Money): boolean {
  return units === 0n && nanos === 0;
}
