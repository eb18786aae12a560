import { expect } from "chai";
import { type Exploration, explore } from "./explore.js";
import { type ModelOptions, paymentModel } from "./payment-model.js";
import type { Weakening } from "./weakening.js";

const ONE: ModelOptions = {
  payments: 1,
  workers: 2,
  from: "CREATED",
  captureMayFail: true,
  wishes: [{ kind: "cancel" }],
};

const REFUNDS: ModelOptions = {
  ...ONE,
  wishes: [
    { kind: "refund", amount: 2 },
    { kind: "refund", amount: 1 },
  ],
};

const REFUNDS_ALONE: ModelOptions = { ...REFUNDS, from: "CAPTURED" };

const TWO: ModelOptions = { ...ONE, payments: 2, workers: 1, from: "AUTHORIZED", captureMayFail: false };

describe("the payment saga, in every order of events", function () {
  this.timeout(120_000);

  it("keeps money and stock together: two workers, crashes, lost and late messages, expiry, a cancel", function () {
    expectSound(this.test, explore(paymentModel(ONE)));
  });

  it("gives back what was asked for, once: two refunds at the same time that do not both fit", function () {
    expectSound(this.test, explore(paymentModel(REFUNDS)));
  });

  it("lets one of two payments have the reservation", function () {
    expectSound(this.test, explore(paymentModel(TWO)));
  });

  const needed: readonly (readonly [Weakening, ModelOptions])[] = [
    ["conditional update instead of insert", ONE],
    ["provider cancel that is not sticky", ONE],
    ["no tombstone for a cancel of an unknown id", ONE],
    ["no tombstone for a reservation that was given back", ONE],
    ["no fence", ONE],
    ["no owner check", TWO],
    ["no provider idempotency", ONE],
    ["no provider idempotency", REFUNDS_ALONE],
    ["conditional update instead of insert", REFUNDS_ALONE],
  ];
  for (const [without, options] of needed) {
    it(`breaks with: ${without}${options === REFUNDS_ALONE ? ", when refunding" : ""}`, function () {
      const { states, violation } = explore(paymentModel({ ...options, without }));
      expect(violation, "a violation").to.not.equal(undefined);
      tell(this.test, `${violation?.what}, found after ${states} states`);
    });
  }
});

function expectSound(test: Mocha.Runnable | undefined, result: Exploration): void {
  const { states, transitions, violation, stuck } = result;
  expect(violation?.what, violation?.trace.join("\n")).to.equal(undefined);
  expect(stuck, "states with no way to a final one").to.equal(0);
  expect(states).to.be.greaterThan(10_000);
  tell(test, `${states} states, ${transitions} transitions`);
}

function tell(test: Mocha.Runnable | undefined, text: string): void {
  if (test) test.title += ` (${text})`;
}
