import { assertMoney, ErrorReason, type Money, StatusError } from "@theseus/kit";

export function assertAmount(amount: Money | undefined): Money {
  if (amount === undefined) throw new StatusError(ErrorReason.VALIDATION_FAILED, "amount must be given");
  assertMoney(amount, "amount");
  return amount;
}
