import { setTimeout as sleep } from "node:timers/promises";
import { PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { isServing } from "./support/health.js";
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
    expect(await isServing(service.child.address)).to.equal(true);
    await wire.cut();
    const begun = Date.now();
    const error = await refusal(service.client.createPayment(request, anna), ErrorReason.SERVICE_UNAVAILABLE);
    expect(Date.now() - begun).to.be.below(4000);
    expect(error.message).to.not.match(/mongo|127\.0\.0\.1|ECONN/i);
    await until("health says so", async () => !(await isServing(service.child.address)));
    await wire.join();
    const payment = await until("the store is back", () => service.client.createPayment(request, anna));
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    await until("health says so", () => isServing(service.child.address));
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
    const wanted = requests.map(({ cardToken }) => (cardToken === "card-ok" ? "paid" : "PAYMENT_DECLINED"));
    expect(reasons).to.deep.equal(wanted);
  });

  /** Repeats a request until it has a definite answer. */
  function payStubbornly(request: CreatePaymentRequest): Promise<string> {
    return until(
      "an answer",
      async () => {
        try {
          await service.client.createPayment(request, anna);
          return "paid";
        } catch (error) {
          const { reason } = StatusError.from(error);
          return reason === ErrorReason.SERVICE_UNAVAILABLE ? false : ErrorReason[reason];
        }
      },
      40_000,
    );
  }
});
