import { ErrorReason, encodePageToken, type StatusError } from "@theseus/kit";
import { expect } from "chai";
import { fromResumeToken, toResumeToken } from "../src/rpc/resume-token.js";
import type { PaymentLog } from "../src/saga/payment-log.js";

const NAME = "payments/k3m9x0a1b2c3d4e5f6g7";
const time = new Date("2026-01-02T03:04:05.678Z");

const LOG: PaymentLog = {
  intent: {
    id: "k3m9x0a1b2c3d4e5f6g7",
    user: "users/anna",
    reservation: "reservations/r1",
    amount: { currencyCode: "EUR", units: 12n, nanos: 0 },
    request: { id: "", fingerprint: "" },
    createTime: time,
  },
  events: [
    { sequence: 1, type: "CREATED", time },
    { sequence: 2, type: "AUTHORIZED", time },
  ],
};

describe("a resume token of WatchPayment", () => {
  it("has the form of storage.md", () => {
    expect(toResumeToken(LOG, 2)).to.equal("MToxLDE2Ojc5MTQzODU5YzNiZTBjZTQsMToyLA");
  });

  it("says after which event the watch goes on; the empty one before the first", () => {
    expect(fromResumeToken(LOG, "")).to.equal(0);
    expect(fromResumeToken(LOG, toResumeToken(LOG, 1))).to.equal(1);
    expect(fromResumeToken(LOG, toResumeToken(LOG, 2))).to.equal(2);
  });

  for (const [what, token] of [
    ["garbage", "nonsense"],
    ["of another payment", encodePageToken(["WatchPayment", "payments/other"], ["1"])],
    ["of another method", encodePageToken(["ListPaymentEvents", NAME], ["1"])],
    ["of an event to come", toResumeToken(LOG, 3)],
    ["of no event", encodePageToken(["WatchPayment", NAME], ["0"])],
    ["with zeros in front", encodePageToken(["WatchPayment", NAME], ["01"])],
    ["with two cursors", encodePageToken(["WatchPayment", NAME], ["1", "1"])],
  ] as const) {
    it(`is refused: ${what}`, () => {
      expect(() => fromResumeToken(LOG, token))
        .to.throw()
        .that.satisfies(isInvalid);
    });
  }
});

function isInvalid(error: StatusError): boolean {
  return error.reason === ErrorReason.RESUME_TOKEN_INVALID;
}
