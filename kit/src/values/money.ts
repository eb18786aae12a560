import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";
import { minorDigits } from "./currency.js";

/** `google.type.Money` as ts-proto has it: `units` whole ones and `nanos` billionths of the currency. */
export interface Money {
  readonly currencyCode: string;
  readonly units: bigint;
  readonly nanos: number;
}

const NANOS = 1_000_000_000n;
const MOST_UNITS = 2n ** 63n - 1n;

/** Nothing, in a currency. */
export function noMoney(currencyCode: string): Money {
  return { currencyCode, units: 0n, nanos: 0 };
}

/**
 * Throws VALIDATION_FAILED for `field` unless it is an amount that the shop takes: a currency of ISO 4217, not
 * negative, nanos below one unit and a multiple of the currency's minor unit.
 */
export function assertMoney(money: Money, field: string): void {
  const digits = minorDigits(money.currencyCode);
  if (digits === undefined)
    throw invalid(`${field}.currency_code`, "currency", "must be a currency of ISO 4217");
  if (money.units < 0n || money.nanos < 0) throw invalid(field, "negative", "must not be negative");
  if (money.units > MOST_UNITS)
    throw invalid(`${field}.units`, "range", "must be at most 9223372036854775807");
  if (!Number.isInteger(money.nanos) || money.nanos > 999_999_999) {
    throw invalid(`${field}.nanos`, "range", "must be 0 to 999999999");
  }
  if (money.nanos % 10 ** (9 - digits) !== 0) {
    throw invalid(`${field}.nanos`, "minor_unit", `must be whole minor units: ${digits} decimal places`);
  }
}

/** a + b. Throws CURRENCY_MIXED, and TOTAL_OUT_OF_RANGE when the sum does not fit. */
export function addMoney(a: Money, b: Money): Money {
  return fromNanos(sameCurrency(a, b), toNanos(a) + toNanos(b));
}

/** a − b. Throws CURRENCY_MIXED, and TOTAL_OUT_OF_RANGE when b is more than a. */
export function subtractMoney(a: Money, b: Money): Money {
  return fromNanos(sameCurrency(a, b), toNanos(a) - toNanos(b));
}

/** So many times the amount, exactly. Throws TOTAL_OUT_OF_RANGE when it does not fit or would be negative. */
export function multiplyMoney(money: Money, quantity: bigint): Money {
  return fromNanos(money.currencyCode, toNanos(money) * quantity);
}

/** Negative, zero or positive as a is less than, equal to or more than b. Throws CURRENCY_MIXED. */
export function compareMoney(a: Money, b: Money): number {
  sameCurrency(a, b);
  const difference = toNanos(a) - toNanos(b);
  return difference < 0n ? -1 : Number(difference > 0n);
}

function toNanos(money: Money): bigint {
  return money.units * NANOS + BigInt(money.nanos);
}

function fromNanos(currencyCode: string, total: bigint): Money {
  const units = total / NANOS;
  if (total < 0n || units > MOST_UNITS) {
    throw new StatusError(ErrorReason.TOTAL_OUT_OF_RANGE, "the amount is out of range");
  }
  return { currencyCode, units, nanos: Number(total % NANOS) };
}

function sameCurrency(a: Money, b: Money): string {
  if (a.currencyCode === b.currencyCode) return a.currencyCode;
  throw new StatusError(ErrorReason.CURRENCY_MIXED, "the amounts are in different currencies");
}

function invalid(field: string, rule: string, message: string): StatusError {
  return new StatusError(ErrorReason.VALIDATION_FAILED, `${field}: ${message}`, {
    violations: [{ field, rule: `money.${rule}`, message }],
  });
}
