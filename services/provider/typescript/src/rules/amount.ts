import { ErrorReason, type Money, StatusError } from "@theseus/kit";
import { minorDigits } from "./currency.js";

/**
 * An amount that a card can be charged with: a currency of ISO 4217, not negative, nanos below one unit and a multiple of
 * the currency's minor unit. Throws VALIDATION_FAILED for any other.
 */
export function assertAmount(amount: Money | undefined): Money {
  if (amount === undefined) throw invalid("amount", "required", "must be given");
  const digits = minorDigits(amount.currencyCode);
  if (digits === undefined)
    throw invalid("amount.currency_code", "currency", "must be a currency of ISO 4217");
  if (amount.units < 0n || amount.nanos < 0) throw invalid("amount", "negative", "must not be negative");
  if (amount.nanos > 999_999_999) throw invalid("amount.nanos", "range", "must be 0 to 999999999");
  if (amount.nanos % 10 ** (9 - digits) !== 0) {
    throw invalid("amount.nanos", "minor_unit", `must be whole minor units: ${digits} decimal places`);
  }
  return amount;
}

function invalid(field: string, rule: string, message: string): StatusError {
  return new StatusError(ErrorReason.VALIDATION_FAILED, `${field}: ${message}`, {
    violations: [{ field, rule: `money.${rule}`, message }],
  });
}
