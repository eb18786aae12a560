import { randomUUID } from "node:crypto";
import { PaymentFailure, PaymentState } from "@theseus/contract/theseus/payment/v1/payment.js";
import { CaptureOutcome, CaptureResponse } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { ErrorReason } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { expectBalancedBooks } from "./support/books.js";
import { refusal } from "./support/refusal.js";
import { newPayment } from "./support/requests.js";
import type { Fate } from "./support/router.js";
import { admin, anna, as, euros, type Service, startWorld, type World } from "./support/world.js";

describe("a payment whose process is killed", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  afterEach(async () => {
    await expectBalancedBooks(world);
    await world.reset();
  });
  after(() => world[Symbol.asyncDispose]());

  /** Kills the service when a message is on its way; `fate` is what becomes of the message. */
  function killAt(service: Service, at: Moment): Promise<void> {
    return new Promise((resolve) => {
      let done = false;
      world.router.intercept(async (method, leg) => {
        if (done || method !== at.method || leg !== at.leg) return "pass";
        done = true;
        await service.kill();
        setImmediate(resolve);
        return at.fate;
      });
    });
  }

  function nothingLeftToDo(): Promise<boolean> {
    return eventually("no work is marked", async () => (await countMarks()) === 0);
  }

  function countMarks(): Promise<number> {
    return world.db.collection("payment_work").countDocuments({});
  }

  for (const method of ["Authorize", "CommitReservation", "Capture"]) {
    for (const moment of momentsOf(method)) {
      it(`is finished by another process: ${describeMoment(moment)}`, async () => {
        const service = await world.startService();
        const request = newPayment(world);
        const killed = killAt(service, moment);
        const call = service.client.createPayment(request, anna).catch(() => undefined);
        await Promise.all([killed, call]);
        const other = await world.startService({ recoverAfterMs: 0 });
        await nothingLeftToDo();
        const payment = await other.client.createPayment(request, anna);
        expect(payment.state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
      });
    }
  }

  for (const method of ["Cancel", "UncommitReservation"]) {
    for (const moment of momentsOf(method)) {
      it(`is undone by another process: ${describeMoment(moment)}`, async () => {
        const service = await world.startService();
        const request = newPayment(world, "card-capture-refused");
        const killed = killAt(service, moment);
        const call = service.client.createPayment(request, anna).catch(() => undefined);
        await Promise.all([killed, call]);
        const other = await world.startService({ recoverAfterMs: 0 });
        await nothingLeftToDo();
        await refusal(other.client.createPayment(request, anna), ErrorReason.PAYMENT_DECLINED);
      });
    }
  }

  for (const moment of momentsOf("Refund")) {
    it(`is refunded once by another process: ${describeMoment(moment)}`, async () => {
      const service = await world.startService();
      const payment = await service.client.createPayment(newPayment(world), anna);
      const refund = { name: payment.name, amount: euros(5), requestId: randomUUID() };
      const killed = killAt(service, moment);
      const call = service.client.refundPayment(refund, admin).catch(() => undefined);
      await Promise.all([killed, call]);
      const other = await world.startService({ recoverAfterMs: 0 });
      await nothingLeftToDo();
      const after = await other.client.refundPayment(refund, admin);
      expect(after.refundedAmount).to.deep.equal(euros(5));
    });
  }

  it("has never begun when there is no intent; its mark goes after an hour, and then it can't begin", async () => {
    const hour = 3_600_000;
    const marks = world.db.collection<{ _id: string; card_token: string }>("payment_work");
    const young = { payment: "young", sequence: 1, create_time: new Date(Date.now() - hour + 60_000) };
    const old = { payment: "old", sequence: 1, create_time: new Date(Date.now() - hour - 1000) };
    await marks.insertMany([
      { _id: "young#00000001", ...young, card_token: "card-ok" },
      { _id: "old#00000001", ...old, card_token: "card-ok" },
    ]);
    await world.startService({ recoverAfterMs: 0 });
    await eventually("the old mark is gone", async () => (await countMarks()) === 1);
    expect(await marks.findOne({})).to.have.property("_id", "young#00000001");
    const late = world.db.collection<{ _id: string }>("payments").insertOne({ _id: "old" });
    const error = await late.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property("code", 11_000);
    await marks.deleteMany({});
  });

  it("gives everything back when the provider has captured although it had refused", async () => {
    const service = await world.startService();
    const refused = CaptureResponse.encode({ outcome: CaptureOutcome.CAPTURE_OUTCOME_REFUSED }).finish();
    world.router.intercept((method, leg) => (method === "Capture" && leg === "reply" ? refused : "pass"));
    const error = await refusal(
      service.client.createPayment(newPayment(world), anna),
      ErrorReason.PAYMENT_DECLINED,
    );
    const payment = await service.client.getPayment({ name: error.details.metadata.payment ?? "" }, anna);
    expect(payment.failure).to.equal(PaymentFailure.PAYMENT_FAILURE_CAPTURE_REFUSED);
  });

  it("is charged once while several processes race for it, with messages lost and doubled", async () => {
    const services = await Promise.all([
      world.startService({ recoverAfterMs: 0 }),
      world.startService({ recoverAfterMs: 0 }),
    ]);
    let turn = 0;
    const fates: readonly Fate[] = ["pass", "twice", "pass", "refuse", "twice", "pass", "pass"];
    world.router.intercept((_, leg) => {
      turn += 1;
      const fate = fates[turn % fates.length] ?? "pass";
      return leg === "reply" && fate === "twice" ? "pass" : fate;
    });
    const requests = Array.from({ length: 12 }, (_, at) =>
      newPayment(world, at % 4 === 3 ? "card-capture-refused" : "card-ok", `users/u${at}`),
    );
    await Promise.allSettled(
      requests.map(async (request, at) =>
        services[at % 2]?.client.createPayment(request, as(`users/u${at}`)),
      ),
    );
    world.router.intercept(() => "pass");
    await nothingLeftToDo();
    const outcomes = await Promise.allSettled(
      requests.map(async (request, at) =>
        services[(at + 1) % 2]?.client.createPayment(request, as(`users/u${at}`)),
      ),
    );
    const unbegun = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(unbegun.length).to.equal(3);
  });

  it("finishes what it can when it is asked to stop", async () => {
    const service = await world.startService();
    const request = newPayment(world, "card-slow");
    const asked = new Promise<void>((resolve) => {
      world.router.intercept((method) => {
        if (method === "Authorize") resolve();
        return "pass";
      });
    });
    const paying = service.client.createPayment(request, anna);
    await asked;
    const exit = service.process.stop();
    expect((await paying).state).to.equal(PaymentState.PAYMENT_STATE_CAPTURED);
    expect(await exit).to.deep.equal({ code: 0, signal: null });
  });
});

interface Moment {
  readonly method: string;
  readonly leg: "request" | "reply";
  readonly fate: Fate;
}

function momentsOf(method: string): readonly Moment[] {
  return [
    { method, leg: "request", fate: "lose" },
    { method, leg: "request", fate: "pass" },
    { method, leg: "reply", fate: "lose" },
  ];
}

function describeMoment({ method, leg, fate }: Moment): string {
  if (leg === "reply") return `${method} done, its answer lost`;
  return fate === "lose" ? `${method} about to be asked` : `${method} on its way`;
}
