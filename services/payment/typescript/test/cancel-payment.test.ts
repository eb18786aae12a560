import { ReservationState } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { PaymentFailure, PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import { ErrorReason } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { begunBy, newPayment } from "./support/requests.js";
import { admin, anna, as, type Service, startWorld, type World } from "./support/world.js";

describe("PaymentService.CancelPayment", () => {
  let world: World;
  let service: Service;
  before(async () => {
    world = await startWorld();
    service = await world.startService();
  });
  afterEach(async () => {
    world.router.intercept(() => "pass");
    await expectBalancedBooks(world);
  });
  after(() => world[Symbol.asyncDispose]());

  /** A payment that stays where it asks for `method`, until the network is healed. */
  async function stuckAt(method: string) {
    const request = newPayment(world);
    world.router.intercept((asked) => (asked === method ? "refuse" : "pass"));
    const paying = service.client.createPayment(request, anna).catch((error: unknown) => error);
    return { request, paying, name: await begunBy(world, request) };
  }

  it("ends a payment that nothing was authorised for", async () => {
    const { name, request, paying } = await stuckAt("Authorize");
    const payment = await service.client.cancelPayment({ name }, anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_FAILED);
    expect(payment.failure).to.equal(PaymentFailure.PAYMENT_FAILURE_CANCELLED);
    expect(world.inventory.get(request.payment.reservation).state).to.equal(
      ReservationState.RESERVATION_STATE_HELD,
    );
    await paying;
    expect(await service.client.createPayment(request, anna)).to.deep.equal(payment);
  });

  it("ends a payment whose money is set aside", async () => {
    const { name, paying } = await stuckAt("CommitReservation");
    await eventually("it is authorised", async () => {
      const { state } = await service.client.getPayment({ name }, anna);
      return state === PaymentState.PAYMENT_STATE_AUTHORIZED;
    });
    const payment = await service.client.cancelPayment({ name }, anna);
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_FAILED);
    expect(await paying).to.deep.equal(payment);
  });

  it("answers a payment that was cancelled before as it is", async () => {
    const { name } = await stuckAt("Authorize");
    const payment = await service.client.cancelPayment({ name }, anna);
    expect(await service.client.cancelPayment({ name }, anna)).to.deep.equal(payment);
  });

  it("refuses from the moment that the stock is sold", async () => {
    const { name, paying } = await stuckAt("Capture");
    await eventually("the stock is sold", async () => {
      const { state } = await service.client.getPayment({ name }, anna);
      return state === PaymentState.PAYMENT_STATE_STOCK_COMMITTED;
    });
    await refusal(service.client.cancelPayment({ name }, anna), ErrorReason.PAYMENT_NOT_CANCELLABLE);
    world.router.intercept(() => "pass");
    await paying;
    await refusal(service.client.cancelPayment({ name }, anna), ErrorReason.PAYMENT_NOT_CANCELLABLE);
  });

  it("races with the payment, and one of them wins for good", async () => {
    for (let round = 0; round < 10; round++) {
      const request = newPayment(world);
      const paying = service.client.createPayment(request, anna);
      const name = await begunBy(world, request);
      const cancelling = service.client.cancelPayment({ name }, anna).catch((error: unknown) => error);
      const [paid, cancelled] = await Promise.all([paying, cancelling]);
      const { state } = await service.client.getPayment({ name }, anna);
      expect(state).to.equal(paid.state);
      if (state === PaymentState.PAYMENT_STATE_FAILED) expect(cancelled).to.deep.equal(paid);
      else expect(cancelled).to.have.property("reason", ErrorReason.PAYMENT_NOT_CANCELLABLE);
    }
  });

  it("is for the owner alone, and answers others as if there were no payment", async () => {
    const { name } = await stuckAt("Authorize");
    const missing = await refusal(
      service.client.cancelPayment({ name: "payments/none" }, anna),
      ErrorReason.PAYMENT_NOT_FOUND,
    );
    for (const other of [as("users/ben"), admin]) {
      const error = await refusal(
        service.client.cancelPayment({ name }, other),
        ErrorReason.PAYMENT_NOT_FOUND,
      );
      expect(error.message).to.equal(missing.message);
      expect(error.details).to.deep.equal(missing.details);
    }
  });
});
