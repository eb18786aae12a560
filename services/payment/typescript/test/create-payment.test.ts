import { randomUUID } from "node:crypto";
import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { PaymentFailure, PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import { PaymentEventType } from "@theseus/contract/theseus/payment/v1/payment_event.js";
import { ErrorReason } from "@theseus/kit";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { changed, newPayment } from "./support/requests.js";
import type { Fate } from "./support/router.js";
import { admin, anna, as, euros, type Service, startWorld, type World } from "./support/world.js";

describe("PaymentService.CreatePayment", () => {
  let world: World;
  let service: Service;
  before(async () => {
    world = await startWorld();
  });
  beforeEach(async () => {
    service = await world.startService();
  });
  afterEach(async () => {
    await expectBalancedBooks(world);
    await world.reset();
  });
  after(() => world[Symbol.asyncDispose]());

  it("charges the card, sells the stock and answers the captured payment", async () => {
    const request = newPayment(world);
    const payment = await service.client.createPayment(request, anna);
    expect(payment.name).to.match(/^payments\/[a-z0-9]{20}$/);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    expect(payment.failure).to.equal(PaymentFailure.PAYMENT_FAILURE_UNSPECIFIED);
    expect(payment.user).to.equal("users/anna");
    expect(payment.reservation).to.equal(request.payment.reservation);
    expect(payment.amount).to.deep.equal(euros(12, 50));
    expect(payment.refundedAmount).to.deep.equal(euros(0));
    expect(world.inventory.get(request.payment.reservation).payment).to.equal(payment.name);
    const { events } = await service.client.listPaymentEvents(
      { parent: payment.name, pageSize: 0, pageToken: "" },
      anna,
    );
    expect(events.map(({ sequence }) => sequence)).to.deep.equal([1n, 2n, 3n, 4n]);
    expect(events.map(({ type }) => type)).to.deep.equal([
      PaymentEventType.PAYMENT_EVENT_TYPE_CREATED,
      PaymentEventType.PAYMENT_EVENT_TYPE_AUTHORIZED,
      PaymentEventType.PAYMENT_EVENT_TYPE_STOCK_COMMITTED,
      PaymentEventType.PAYMENT_EVENT_TYPE_CAPTURED,
    ]);
  });

  it("keeps the card token only until the payment is final", async () => {
    await service.client.createPayment(newPayment(world, "card-of-anna"), anna);
    expect(await world.db.collection("payment_work").countDocuments({})).to.equal(0);
    for (const name of ["payments", "payment_events"]) {
      const documents = await world.db.collection(name).find({}).toArray();
      const text = JSON.stringify(documents, (_, value) =>
        typeof value === "bigint" ? String(value) : value,
      );
      expect(text).to.not.contain("card-of-anna");
    }
  });

  it("answers a repeat with the same payment and charges once", async () => {
    const request = newPayment(world);
    const first = await service.client.createPayment(request, anna);
    expect(await service.client.createPayment(request, anna)).to.deep.equal(first);
    const other = await world.startService();
    expect(await other.client.createPayment(request, anna)).to.deep.equal(first);
  });

  it("answers a repeat after a refund with the payment as it was paid", async () => {
    const request = newPayment(world);
    const first = await service.client.createPayment(request, anna);
    const refund = { name: first.name, amount: undefined, requestId: randomUUID() };
    await service.client.refundPayment(refund, admin);
    expect(await service.client.createPayment(request, anna)).to.deep.equal(first);
  });

  it("begins one payment for many calls with one request id, here and elsewhere", async () => {
    const request = newPayment(world);
    const other = await world.startService();
    const calls = Array.from({ length: 12 }, (_, at) =>
      (at % 2 === 0 ? service : other).client.createPayment(request, anna),
    );
    const payments = await Promise.all(calls);
    expect(new Set(payments.map(({ name }) => name)).size).to.equal(1);
  });

  it("refuses a request id that was used for another request", async () => {
    const request = newPayment(world);
    await service.client.createPayment(request, anna);
    const other = { ...newPayment(world), requestId: request.requestId };
    await refusal(service.client.createPayment(other, anna), ErrorReason.REQUEST_ID_REUSED);
    await refusal(
      service.client.createPayment(changed(request, { cardToken: "card-other" }), anna),
      ErrorReason.REQUEST_ID_REUSED,
    );
  });

  it("takes what else is in the given payment for nothing, also in a repeat", async () => {
    const request = newPayment(world);
    const filled = changed(request, {
      name: "payments/chosen",
      user: "users/ben",
      amount: euros(1),
      state: PaymentState.PAYMENT_STATE_FAILED,
    });
    const payment = await service.client.createPayment(filled, anna);
    expect(payment.name).to.not.equal("payments/chosen");
    expect(payment.user).to.equal("users/anna");
    expect(payment.amount).to.deep.equal(euros(12, 50));
    expect(payment.cardToken).to.equal("");
    expect(await service.client.createPayment(request, anna)).to.deep.equal(payment);
  });

  it("takes another user's request id for another id", async () => {
    const request = newPayment(world);
    const first = await service.client.createPayment(request, anna);
    const bens = { ...newPayment(world, "card-ok", "users/ben"), requestId: request.requestId };
    const second = await service.client.createPayment(bens, as("users/ben"));
    expect(second.name).to.not.equal(first.name);
  });

  it("refuses a declined card, again and again, and leaves no money and no sold stock", async () => {
    const request = newPayment(world, "card-declined");
    const first = await refusal(service.client.createPayment(request, anna), ErrorReason.PAYMENT_DECLINED);
    const again = await refusal(service.client.createPayment(request, anna), ErrorReason.PAYMENT_DECLINED);
    expect(again.details.metadata).to.deep.equal(first.details.metadata);
    const name = first.details.metadata.payment ?? "";
    const payment = await service.client.getPayment({ name }, anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_FAILED);
    expect(payment.failure).to.equal(PaymentFailure.PAYMENT_FAILURE_DECLINED);
    expect(world.inventory.get(request.payment.reservation).state).to.equal(
      ReservationState.RESERVATION_STATE_HELD,
    );
  });

  it("takes the stock back when the capture is refused", async () => {
    const request = newPayment(world, "card-capture-refused");
    const error = await refusal(service.client.createPayment(request, anna), ErrorReason.PAYMENT_DECLINED);
    const payment = await service.client.getPayment({ name: error.details.metadata.payment ?? "" }, anna);
    expect(payment.failure).to.equal(PaymentFailure.PAYMENT_FAILURE_CAPTURE_REFUSED);
    expect(world.inventory.get(request.payment.reservation).state).to.equal(
      ReservationState.RESERVATION_STATE_RELEASED,
    );
  });

  it("waits for a slow card", async () => {
    const payment = await service.client.createPayment(newPayment(world, "card-slow"), anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
  });

  it("charges once although the provider's first replies are lost", async () => {
    const payment = await service.client.createPayment(newPayment(world, "card-lost-reply"), anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
  });

  it("says when the provider does not answer, and goes on with the same payment on a repeat", async () => {
    const request = newPayment(world);
    world.router.intercept((method) => (method === "Authorize" ? "refuse" : "pass"));
    const error = await refusal(
      service.client.createPayment(request, anna),
      ErrorReason.PROVIDER_UNAVAILABLE,
    );
    expect(error.details.retryAfterMs).to.equal(2000);
    world.router.intercept(() => "pass");
    const payment = await service.client.createPayment(request, anna);
    expect(payment.name).to.equal(error.details.metadata.payment);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
  });

  it("answers the payment as it stands when the deadline is near, and finishes it without the caller", async () => {
    const request = newPayment(world);
    world.router.intercept((method) => (method === "Capture" ? "refuse" : "pass"));
    const deadline = new Date(Date.now() + 5000);
    const payment = await service.client.createPayment(request, { ...anna, deadline });
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_STOCK_COMMITTED);
    world.router.intercept(() => "pass");
    const stream = service.client.watchPayment({ name: payment.name, resumeToken: "" }, anna);
    const told: PaymentEventType[] = [];
    for await (const { event } of stream) if (event) told.push(event.type);
    expect(told.slice(3)).to.deep.equal([PaymentEventType.PAYMENT_EVENT_TYPE_CAPTURED]);
  });

  it("goes on after its caller has left", async () => {
    const request = newPayment(world);
    const leave = new AbortController();
    world.router.intercept((method) => {
      if (method === "CommitReservation") leave.abort();
      return "pass";
    });
    await refusal(
      service.client.createPayment(request, { ...anna, signal: leave.signal }),
      ErrorReason.CANCELLED,
    );
    const payment = await service.client.createPayment(request, anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    expect(world.router.count("Capture")).to.be.greaterThan(0);
  });

  it("begins nothing when its caller leaves before there is a payment", async () => {
    const watched = await world.startService({ logLevel: "info" });
    const request = newPayment(world);
    const leave = new AbortController();
    world.router.intercept(async (method, leg): Promise<Fate> => {
      if (method !== "GetReservation" || leg === "request") return "pass";
      leave.abort();
      await watched.process.line("that its caller has left", (line) => line.includes('"CANCELLED"'));
      return "pass";
    });
    await refusal(
      watched.client.createPayment(request, { ...anna, signal: leave.signal }),
      ErrorReason.CANCELLED,
    );
    await watched.process.line("that its caller has left", (line) => line.includes('"CANCELLED"'));
    // By the time that another payment is captured, this one would have begun.
    world.router.intercept(() => "pass");
    await watched.client.createPayment(newPayment(world), anna);
    const { requestId: request_id } = request;
    expect(await world.db.collection("payments").countDocuments({ request_id })).to.equal(0);
  });

  it("answers another's reservation and a missing one alike", async () => {
    const others = newPayment(world, "card-ok", "users/ben");
    const missing = changed(others, { reservation: "reservations/nowhere" });
    const first = await refusal(
      service.client.createPayment(others, anna),
      ErrorReason.RESERVATION_NOT_FOUND,
    );
    const second = await refusal(
      service.client.createPayment(missing, anna),
      ErrorReason.RESERVATION_NOT_FOUND,
    );
    expect(second.message).to.equal(first.message);
    expect(second.details).to.deep.equal(first.details);
  });

  it("refuses a reservation that has ended or is paid", async () => {
    const expired = newPayment(world);
    world.inventory.expire(expired.payment.reservation);
    await refusal(service.client.createPayment(expired, anna), ErrorReason.RESERVATION_GONE);
    const paid = newPayment(world);
    await service.client.createPayment(paid, anna);
    const again = { ...paid, requestId: randomUUID() };
    await refusal(service.client.createPayment(again, anna), ErrorReason.RESERVATION_TAKEN);
  });

  it("lets one of many payments have a reservation", async () => {
    const first = newPayment(world);
    const requests = Array.from({ length: 6 }, () => ({ ...first, requestId: randomUUID() }));
    const outcomes = await Promise.allSettled(
      requests.map((request) => service.client.createPayment(request, anna)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  it("refuses a payment whose reservation ends while the provider does not answer", async () => {
    const request = newPayment(world, "card-down");
    world.router.intercept((method) => {
      if (method === "LookAtReservation" || method === "Authorize")
        world.inventory.expire(request.payment.reservation);
      return "pass";
    });
    await refusal(service.client.createPayment(request, anna), ErrorReason.RESERVATION_GONE);
  });

  it("refuses the token of an account that is gone", async () => {
    for (const user of ["users/gone", "users/missing"]) {
      const request = newPayment(world, "card-ok", user);
      await refusal(service.client.createPayment(request, as(user)), ErrorReason.TOKEN_INVALID);
    }
  });

  it("goes on when the user service does not answer", async () => {
    world.router.intercept((method) => (method === "GetUser" ? "refuse" : "pass"));
    const payment = await service.client.createPayment(newPayment(world), anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
  });

  it("is not for calls without a user", async () => {
    await refusal(service.client.createPayment(newPayment(world)), ErrorReason.TOKEN_MISSING);
  });
});
