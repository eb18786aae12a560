import { randomUUID } from "node:crypto";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { newPayment } from "./support/requests.js";
import { admin, anna, euros, type Service, startWorld, type World } from "./support/world.js";

/** `theseus explain payments/…` reads them. */
describe("the log of a process that drives payments", () => {
  let world: World;
  let service: Service;
  before(async () => {
    world = await startWorld();
    service = await world.startService({ logLevel: "info" });
  });
  after(() => world[Symbol.asyncDispose]());

  /** The lines about events of a payment, as soon as the last one is of a type. */
  function told(name: string, last: string) {
    return eventually(`${last} of ${name} is told`, async () => {
      const lines = service.process.lines().map((line) => JSON.parse(line));
      const own = lines.filter(
        ({ event, payment }) => event === "payment-event" && `payments/${payment}` === name,
      );
      return own.at(-1)?.type === last ? own : undefined;
    });
  }

  it("has each event that it has written, with the request that it was for", async () => {
    const request = newPayment(world);
    const { name } = await service.client.createPayment(request, anna);
    await service.client.refundPayment({ name, amount: euros(1), requestId: randomUUID() }, admin);
    const lines = await told(name, "REFUNDED");
    expect(lines.map(({ sequence, type }) => `${sequence} ${type}`)).to.eql([
      ...["1 CREATED", "2 AUTHORIZED", "3 STOCK_COMMITTED", "4 CAPTURED"],
      ...["5 REFUND_REQUESTED", "6 REFUNDED"],
    ]);
    expect(lines[0].reservation).to.equal(request.payment.reservation);
    const requests = lines.map(({ request_id }) => request_id);
    expect(requests.slice(0, 4)).to.eql(Array(4).fill(requests[0]));
    expect(new Set(requests).size).to.equal(2);
  });

  it("has why a payment fails", async () => {
    const request = newPayment(world, "card-declined");
    await service.client.createPayment(request, anna).catch(() => {});
    const { _id } = (await world.db.collection("payments").findOne({ request_id: request.requestId })) ?? {};
    const lines = await told(`payments/${_id}`, "FAILED");
    expect(lines.map(({ type, failure = "" }) => `${type} ${failure}`)).to.eql([
      ...["CREATED ", "ABORTING DECLINED", "FAILED DECLINED"],
    ]);
  });
});
