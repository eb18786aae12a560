import { expect } from "chai";
import { compare, type LedgerLine, type OtherSides, strayMoney } from "../src/saga/comparison.js";
import { asBegun, type PaymentLog } from "../src/saga/payment-log.js";
import type { EventType } from "../src/saga/saga.js";

const DAY_MS = 24 * 3_600_000;
const begun = new Date("2026-01-01T00:00:00Z");
const euros = (units: bigint) => ({ currencyCode: "EUR", units, nanos: 0 });

function logOf(...types: readonly EventType[]): PaymentLog {
  const request = { id: "r", fingerprint: "f" };
  const reservation = "reservations/r";
  const log = asBegun({
    id: "p",
    user: "users/u",
    reservation,
    amount: euros(9n),
    request,
    createTime: begun,
  });
  const more = types.map((type, at) => ({
    sequence: at + 2,
    type,
    time: begun,
    ...(type.startsWith("REFUND") && { amount: euros(4n) }),
  }));
  return { ...log, events: [...log.events, ...more] };
}

const captured = logOf("AUTHORIZED", "STOCK_COMMITTED", "CAPTURED");
const refunded = logOf("AUTHORIZED", "STOCK_COMMITTED", "CAPTURED", "REFUND_REQUESTED", "REFUNDED");
const failed = logOf("AUTHORIZED", "ABORTING", "FAILED");
const line = (type: LedgerLine["type"], units: bigint, refundId = ""): LedgerLine => ({
  type,
  amount: euros(units),
  refundId,
});
const taken = [line("AUTHORIZED", 9n), line("CAPTURED", 9n)];
const cancelled: LedgerLine = { type: "CANCELLED", refundId: "" };
const sold: OtherSides["reservation"] = { state: "COMMITTED", payment: "payments/p" };
const missing: OtherSides["reservation"] = { state: "MISSING", payment: "" };

function found(log: PaymentLog, sides: OtherSides, ageMs = 0): readonly string[] {
  const mismatches = compare(log, sides, new Date(begun.getTime() + ageMs));
  return mismatches.map(({ kind, mend }) => (mend === undefined ? kind : `${kind}: ${mend.question}`));
}

describe("what a payment and the others say", () => {
  it("agrees where each has what the log says", () => {
    expect(found(captured, { reservation: sold, ledger: taken })).to.deep.equal([]);
    const ledger = [...taken, line("REFUNDED", 4n, "p-5")];
    expect(found(refunded, { reservation: sold, ledger })).to.deep.equal([]);
    const givenUp = [line("AUTHORIZED", 9n), cancelled];
    expect(found(failed, { reservation: missing, ledger: givenUp })).to.deep.equal([]);
  });

  it("takes a sold reservation that is not there for forgotten after 29 days, and for lost before", () => {
    const sides = { reservation: missing, ledger: taken };
    expect(found(captured, sides, 29 * DAY_MS)).to.deep.equal(["STOCK_NOT_SOLD"]);
    expect(found(captured, sides, 29 * DAY_MS + 1)).to.deep.equal([]);
    const expired = { ...sides, reservation: { state: "EXPIRED", payment: "" } as const };
    expect(found(captured, expired, 60 * DAY_MS)).to.deep.equal(["STOCK_NOT_SOLD"]);
  });

  it("never takes money that is not set aside, nor part of it", () => {
    for (const ledger of [
      [],
      [line("AUTHORIZED", 9n), cancelled],
      [line("AUTHORIZED", 9n), line("CAPTURED", 8n)],
    ])
      expect(found(captured, { reservation: sold, ledger })).to.deep.equal(["MONEY_NOT_TAKEN"]);
    const ledger = [line("AUTHORIZED", 9n)];
    expect(found(captured, { reservation: sold, ledger })).to.deep.equal(["MONEY_NOT_TAKEN: CAPTURE"]);
  });

  it("never makes a refund that the provider has made otherwise", () => {
    const lost = { reservation: sold, ledger: taken };
    expect(found(refunded, lost)).to.deep.equal(["REFUND_MISSING: REFUND"]);
    const other = {
      reservation: sold,
      ledger: [...taken, line("REFUNDED", 3n, "p-5"), line("REFUNDED", 1n, "q")],
    };
    expect(found(refunded, other)).to.deep.equal(["REFUND_MISSING", "REFUND_UNKNOWN"]);
  });

  it("gives back what a failed payment has, unless part of it was given back under the same id", () => {
    expect(found(failed, { reservation: sold, ledger: taken })).to.deep.equal([
      "STOCK_SOLD: UNCOMMIT_STOCK",
      "MONEY_TAKEN: GIVE_BACK_ALL",
    ]);
    const ledger = [...taken, line("REFUNDED", 4n, "p-3")];
    expect(found(failed, { reservation: missing, ledger })).to.deep.equal(["MONEY_TAKEN"]);
    expect(found(failed, { reservation: missing, ledger: [line("AUTHORIZED", 9n)] })).to.deep.equal([
      "MONEY_SET_ASIDE: CANCEL",
    ]);
  });

  it("finds what the provider still has of a payment that does not exist", () => {
    expect(strayMoney(taken)).to.deep.equal({ amount: euros(9n), captured: true });
    expect(strayMoney([line("AUTHORIZED", 9n)])).to.deep.equal({ amount: euros(9n), captured: false });
    expect(strayMoney([...taken, line("REFUNDED", 4n, "x")])).to.deep.equal({
      amount: euros(5n),
      captured: true,
    });
    for (const ledger of [[], [line("AUTHORIZED", 9n), cancelled], [...taken, line("REFUNDED", 9n, "x")]])
      expect(strayMoney(ledger)).to.equal(undefined);
  });
});
