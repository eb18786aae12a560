import { PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { CreatePaymentRequest } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { type CallerOptions, type CuttableLink, eventually, healthOf, linkTo } from "@theseus/testing";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { newPayment } from "./support/requests.js";
import { anna, as, type Service, startWorld, type World } from "./support/world.js";

describe("payments while the store fails", () => {
  let world: World;
  let link: CuttableLink;
  let service: Service;
  before(async () => {
    world = await startWorld();
    link = await linkTo(world.mongo.url);
    service = await world.startService({ recoverAfterMs: 500, mongodbUrl: link.url });
  });
  afterEach(async () => {
    world.router.intercept(() => "pass");
    await expectBalancedBooks(world);
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
  });

  const health = (wanted: "SERVING" | "NOT_SERVING") =>
    eventually(`health says ${wanted}`, () => healthOf(service.address), {
      until: (seen) => seen === wanted,
    });

  it("are refused as unavailable, not by their deadline, and go on when it is back", async () => {
    const request = newPayment(world);
    await health("SERVING");
    await link.cut();
    const error = await refusal(service.client.createPayment(request, anna), ErrorReason.SERVICE_UNAVAILABLE);
    expect(error.message).to.not.match(/mongo|127\.0\.0\.1|ECONN/i);
    await health("NOT_SERVING");
    await link.mend();
    const payment = await eventually("the store is back", () => service.client.createPayment(request, anna));
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    await health("SERVING");
  });

  it("are taken by a process that was started without its store, once that is there", async () => {
    await using away = await linkTo(world.mongo.url);
    await away.cut();
    const late = await world.startService({ mongodbUrl: away.url });
    expect(await healthOf(late.address)).to.equal("NOT_SERVING");
    const request = newPayment(world);
    await refusal(late.client.createPayment(request, anna), ErrorReason.SERVICE_UNAVAILABLE);
    await away.mend();
    const payment = await eventually("the store is there", () => late.client.createPayment(request, anna));
    expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    await late.kill();
  });

  it("are charged once although the store's acknowledgements get lost", async () => {
    let messages = 0;
    let unavailable = 0;
    // The store is lost while others of the payments write to it: each message to a neighbour stands beside a write.
    world.router.intercept(() => {
      messages += 1;
      if (messages % 4 === 0 && unavailable < 5) link.drop();
      return "pass";
    });
    while (unavailable === 0) {
      const requests = Array.from({ length: 12 }, (_, at) =>
        newPayment(world, at % 4 === 3 ? "card-capture-refused" : "card-ok", `users/u${at}`),
      );
      const reasons = await Promise.all(
        requests.map((request, at) => payUntilDecided(request, as(`users/u${at}`))),
      );
      const wanted = requests.map(({ payment }) =>
        payment.cardToken === "card-ok" ? "paid" : "PAYMENT_DECLINED",
      );
      expect(reasons).to.deep.equal(wanted);
    }

    /** Repeats a request until it has a definite answer. */
    function payUntilDecided(request: CreatePaymentRequest, user: CallerOptions): Promise<string> {
      const attempt = async () => {
        try {
          await service.client.createPayment(request, user);
          return "paid";
        } catch (error) {
          const { reason } = StatusError.from(error);
          if (reason !== ErrorReason.SERVICE_UNAVAILABLE) return ErrorReason[reason];
          unavailable += 1;
          return undefined;
        }
      };
      return eventually("a definite answer", attempt);
    }
  });
});
