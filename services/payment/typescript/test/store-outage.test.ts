import { setTimeout as sleep } from "node:timers/promises";
import { PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { newPayment } from "./support/requests.js";
import { until } from "./support/until.js";
import { startWeakWire, type WeakWire } from "./support/weak-wire.js";
import { anna, type Service, startWorld, type World } from "./support/world.js";

describe("payments while the store fails", function () {
  this.timeout(90_000);
  let world: World;
  let wire: WeakWire;
  let service: Service;
  before(async () => {
    world = await startWorld();
    const url = new URL(world.mongo.url);
    wire = await startWeakWire({ host: url.hostname, port: Number(url.port) });
    url.port = String(wire.port);
    service = await world.startService({ recoverAfterMs: 500, mongodbUrl: url.href });
  });
  afterEach(() => expectBalancedBooks(world));
  after(async () => {
    await wire[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it("are refused as unavailable, quickly, and go on when it is back", async () => {
    const request = newPayment(world);
    await wire.cut();
    const begun = Date.now();
    const error = await refusal(service.client.createPayment(request, anna), ErrorReason.SERVICE_UNAVAILABLE);
    expect(Date.now() - begun).to.be.below(4000);
    expect(error.message).to.not.match(/mongo|127\.0\.0\.1|ECONN/i);
    await wire.join();
    const payment = await until("the store is back", () => service.client.createPayment(request, anna));
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
  });

  it("are charged once although the store's acknowledgements get lost", async () => {
    const requests = Array.from({ length: 12 }, (_, at) =>
      newPayment(world, at % 4 === 3 ? "card-capture-refused" : "card-ok"),
    );
    const paying = Promise.all(requests.map((request) => payStubbornly(request)));
    let blows = 0;
    for (const pauseMs of [40, 60, 90, 120, 150, 180, 210, 240, 300, 360, 420, 500]) {
      await sleep(pauseMs);
      wire.shake();
      blows += 1;
    }
    const reasons = await paying;
    expect(blows).to.equal(12);
    expect(reasons.filter((reason) => reason === undefined)).to.have.length(9);
    expect(reasons.filter((reason) => reason === ErrorReason.PAYMENT_DECLINED)).to.have.length(3);
  });

  /** Repeats a request until it has a definite answer: nothing for a payment, or the reason of its failure. */
  function payStubbornly(request: CreatePaymentRequest): Promise<ErrorReason | undefined> {
    return until(
      "an answer",
      async () => {
        try {
          await service.client.createPayment(request, anna);
          return { reason: undefined };
        } catch (error) {
          const { reason } = StatusError.from(error);
          return reason === ErrorReason.SERVICE_UNAVAILABLE ? false : { reason };
        }
      },
      40_000,
    ).then(({ reason }) => reason);
  }
});
