import { randomUUID } from "node:crypto";
import { PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import { PaymentEventType } from "@theseus/contract/theseus/payment/v1/payment_event.js";
import { Code, ErrorReason, type Money } from "@theseus/kit";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { newPayment } from "./support/requests.js";
import { admin, anna, as, euros, type Service, startWorld, type World } from "./support/world.js";

describe("PaymentService.RefundPayment", () => {
  let world: World;
  let service: Service;
  let name: string;
  before(async () => {
    world = await startWorld();
    service = await world.startService();
  });
  beforeEach(async () => {
    ({ name } = await service.client.createPayment(newPayment(world), anna));
  });
  afterEach(async () => {
    world.router.intercept(() => "pass");
    await expectBalancedBooks(world);
  });
  after(() => world[Symbol.asyncDispose]());

  function refund(amount?: Money, requestId = randomUUID() as string) {
    return service.client.refundPayment({ name, amount, requestId }, admin);
  }

  it("gives a part back, then all that is left", async () => {
    const part = await refund(euros(2, 50));
    expect(part.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    expect(part.refundedAmount).to.deep.equal(euros(2, 50));
    const rest = await refund();
    expect(rest.refundedAmount).to.deep.equal(euros(12, 50));
    const { events } = await service.client.listPaymentEvents(
      { parent: name, pageSize: 0, pageToken: "" },
      admin,
    );
    expect(events.slice(4).map(({ type, amount }) => [type, amount])).to.deep.equal([
      [PaymentEventType.PAYMENT_EVENT_TYPE_REFUND_REQUESTED, euros(2, 50)],
      [PaymentEventType.PAYMENT_EVENT_TYPE_REFUNDED, euros(2, 50)],
      [PaymentEventType.PAYMENT_EVENT_TYPE_REFUND_REQUESTED, euros(10)],
      [PaymentEventType.PAYMENT_EVENT_TYPE_REFUNDED, euros(10)],
    ]);
  });

  it("answers a repeat with the payment as it was after that refund", async () => {
    const requestId = randomUUID();
    const first = await refund(euros(1), requestId);
    await refund(euros(2));
    expect(await refund(euros(1), requestId)).to.deep.equal(first);
  });

  it("refuses a request id that was used for another refund, of this payment or another", async () => {
    const requestId = randomUUID();
    await refund(euros(1), requestId);
    await refusal(refund(euros(2), requestId), ErrorReason.REQUEST_ID_REUSED);
    await refusal(refund(undefined, requestId), ErrorReason.REQUEST_ID_REUSED);
    ({ name } = await service.client.createPayment(newPayment(world), anna));
    await refusal(refund(euros(1), requestId), ErrorReason.REQUEST_ID_REUSED);
  });

  it("refuses more than what is left, and says how much that is", async () => {
    await refund(euros(2));
    const error = await refusal(refund(euros(10, 51)), ErrorReason.REFUND_EXCEEDS_CAPTURE);
    expect(error.details.metadata).to.deep.equal({ refundable: "10.5 EUR" });
    await refund();
    const nothing = await refusal(refund(), ErrorReason.REFUND_EXCEEDS_CAPTURE);
    expect(nothing.details.metadata).to.deep.equal({ refundable: "0 EUR" });
  });

  it("gives back what fits of many refunds at once, one after the other", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => refund(euros(4))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(3);
    const payment = await service.client.getPayment({ name }, admin);
    expect(payment.refundedAmount).to.deep.equal(euros(12));
  });

  it("answers each of fifty refunds at once: done, or refused for want of money", async () => {
    const before = world.router.count("Refund");
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => refund(euros(2, 50))));
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refused.map(({ reason }) => ErrorReason[reason])).to.deep.equal(
      Array.from({ length: 45 }, () => "REFUND_EXCEEDS_CAPTURE"),
    );
    // Who waits for its turn asks nothing: the provider is asked once for each refund.
    expect(world.router.count("Refund") - before).to.equal(5);
  });

  it("gives back once for many calls with one request id", async () => {
    const requestId = randomUUID();
    const other = await world.startService();
    const calls = Array.from({ length: 6 }, (_, at) =>
      (at % 2 === 0 ? service : other).client.refundPayment({ name, amount: euros(4), requestId }, admin),
    );
    for (const payment of await Promise.all(calls)) expect(payment.refundedAmount).to.deep.equal(euros(4));
  });

  it("refunds once although replies are lost and requests doubled", async () => {
    let replies = 0;
    world.router.intercept((method, leg) => {
      if (method !== "Refund") return "pass";
      if (leg === "request") return "twice";
      replies += 1;
      return replies === 1 ? "refuse" : "pass";
    });
    expect((await refund(euros(3))).refundedAmount).to.deep.equal(euros(3));
  });

  it("refuses another currency, naming the field", async () => {
    const error = await refusal(
      refund({ currencyCode: "USD", units: 1n, nanos: 0 }),
      ErrorReason.VALIDATION_FAILED,
    );
    expect(error.details.violations.map(({ field }) => field)).to.deep.equal(["amount.currency_code"]);
  });

  it("refuses what the contract's rules refuse", async () => {
    for (const amount of [euros(0), euros(-1), { currencyCode: "EUR", units: 1n, nanos: 1 }]) {
      const error = await refusal(refund(amount), ErrorReason.VALIDATION_FAILED);
      expect(error.code).to.equal(Code.INVALID_ARGUMENT);
    }
  });

  it("refuses a payment that is not captured", async () => {
    const request = newPayment(world, "card-declined");
    const declined = await refusal(service.client.createPayment(request, anna), ErrorReason.PAYMENT_DECLINED);
    name = declined.details.metadata.payment ?? "";
    await refusal(refund(), ErrorReason.PAYMENT_NOT_CAPTURED);
  });

  it("is for administrators", async () => {
    const request = { name, amount: undefined, requestId: randomUUID() };
    await refusal(service.client.refundPayment(request, anna), ErrorReason.CALLER_DENIED);
    await refusal(service.client.refundPayment(request, as("users/ben")), ErrorReason.CALLER_DENIED);
    await refusal(
      service.client.refundPayment({ ...request, name: "payments/none" }, admin),
      ErrorReason.PAYMENT_NOT_FOUND,
    );
  });
});
