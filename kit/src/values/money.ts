import { ErrorReason } from "../contract/reason-rule.js";
import { StatusError } from "../errors/status-error.js";

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

/** a + b. Throws CURRENCY_MIXED, and TOTAL_OUT_OF_RANGE when the sum does not fit. */
export function addMoney(a: Money, b: Money): Money {
  return fromNanos(sameCurrency(a, b), toNanos(a) + toNanos(b));
}

/** a − b. Throws CURRENCY_MIXED, and TOTAL_OUT_OF_RANGE when b is more than a. */
export function subtractMoney(a: Money, b: Money): Money {
  return fromNanos(sameCurrency(a, b), toNanos(a) - toNanos(b));
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
