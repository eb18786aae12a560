import { StatusError } from "@theseus/kit";
import { expect } from "chai";
import { assertAmount } from "../src/rules/amount.js";

const eur = (units: bigint, nanos = 0) => ({ currencyCode: "EUR", units, nanos });

describe("an amount", () => {
  for (const [amount, field, rule] of [
    [undefined, "amount", "money.required"],
    [eur(-1n), "amount", "money.negative"],
    [eur(0n, -1), "amount", "money.negative"],
    [eur(0n, 5_000_000), "amount.nanos", "money.minor_unit"],
    [eur(0n, 1_000_000_000), "amount.nanos", "money.range"],
    [{ ...eur(1n), currencyCode: "XXX" }, "amount.currency_code", "money.currency"],
    [{ currencyCode: "JPY", units: 1n, nanos: 10_000_000 }, "amount.nanos", "money.minor_unit"],
  ] as const) {
    const what =
      amount === undefined ? "none" : `${amount.units} and ${amount.nanos} nanos of ${amount.currencyCode}`;
    it(`of ${what} is refused by ${rule}`, () => {
      expect(() => assertAmount(amount))
        .to.throw(StatusError)
        .with.nested.property("details.violations[0]")
        .that.includes({ field, rule });
    });
  }

  it("may have each currency's own minor unit", () => {
    for (const amount of [eur(1n, 10_000_000), { currencyCode: "KWD", units: 0n, nanos: 1_000_000 }]) {
      expect(assertAmount(amount)).to.equal(amount);
    }
  });
});
