import type { Money } from "@theseus/kit";
import { type CardBehaviour, isCardBehaviour } from "../rules/card-behaviour.js";

/** The records of the ledger file, a line each. All but REFUND_REFUSED are entries that ListLedger answers. */
export type RecordKind =
  | "AUTHORIZED"
  | "DECLINED"
  | "CAPTURED"
  | "CAPTURE_REFUSED"
  | "CANCELLED"
  | "REFUNDED"
  | "REFUND_REFUSED";

export interface LedgerRecord {
  readonly kind: RecordKind;
  readonly paymentId: string;
  readonly time: Date;
  readonly amount?: Money;
  readonly refundId?: string;
  /** Fingerprint of the request: it tells a repeat from another request with the same id. */
  readonly request?: string;
  /** What the card does; the token itself is not stored. */
  readonly behaviour?: CardBehaviour;
}

const KINDS: ReadonlySet<string> = new Set<RecordKind>([
  "AUTHORIZED",
  "DECLINED",
  "CAPTURED",
  "CAPTURE_REFUSED",
  "CANCELLED",
  "REFUNDED",
  "REFUND_REFUSED",
]);

export function toLine({ amount, time, ...rest }: LedgerRecord): string {
  const written = amount && { ...amount, units: amount.units.toString() };
  return `${JSON.stringify({ ...rest, time: time.toISOString(), ...(written && { amount: written }) })}\n`;
}

/** The record in a line, or undefined when the line is damaged. */
export function fromLine(line: string): LedgerRecord | undefined {
  const fields = parseObject(line);
  const { kind, paymentId, time, refundId, request, behaviour } = fields;
  if (!isKind(kind) || typeof paymentId !== "string" || typeof time !== "string") return undefined;
  if (Number.isNaN(Date.parse(time))) return undefined;
  const amount = fields.amount === undefined ? undefined : parseAmount(fields.amount);
  if (fields.amount !== undefined && amount === undefined) return undefined;
  return {
    kind,
    paymentId,
    time: new Date(time),
    ...(amount && { amount }),
    ...(typeof refundId === "string" && { refundId }),
    ...(typeof request === "string" && { request }),
    ...(isCardBehaviour(behaviour) && { behaviour }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return toFields(JSON.parse(text));
  } catch {
    return {};
  }
}

function parseAmount(value: unknown): Money | undefined {
  const { currencyCode, units, nanos } = toFields(value);
  if (typeof currencyCode !== "string" || typeof units !== "string" || typeof nanos !== "number")
    return undefined;
  return /^[0-9]{1,19}$/.test(units) ? { currencyCode, units: BigInt(units), nanos } : undefined;
}

function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isKind(value: unknown): value is RecordKind {
  return typeof value === "string" && KINDS.has(value);
}
