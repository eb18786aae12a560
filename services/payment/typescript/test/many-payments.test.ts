import { randomUUID } from "node:crypto";
import { ErrorReason } from "@theseus/kit";
import { type CuttableLink, linkTo } from "@theseus/testing";
import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { newPayment } from "./support/requests.js";
import { readsOver } from "./support/store-reads.js";
import { storePayments } from "./support/stored-payments.js";
import { admin, anna, as, euros, type Service, startWorld, type World } from "./support/world.js";

describe("reading among 1,000 payments and 10,000 events", () => {
  let world: World;
  let link: CuttableLink;
  let service: Service;
  let reads: () => readonly string[];
  let annas: readonly string[];
  let long: string;
  before(async () => {
    world = await startWorld();
    link = await linkTo(world.mongo.url);
    reads = readsOver(link);
    service = await world.startService({ mongodbUrl: link.url });
    annas = await storePayments(world, { user: "users/anna", payments: 1000, events: 10 });
    [long = ""] = await storePayments(world, { user: "users/ben", payments: 1, events: 1000 });
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
  });

  it("ListPayments gives all of one user's, page by page of the largest size", async () => {
    const names: string[] = [];
    let pageToken = "";
    do {
      const page = await service.client.listPayments({ pageSize: 200, pageToken, user: "" }, anna);
      names.push(...page.payments.map(({ name }) => name));
      for (const { refundedAmount } of page.payments) expect(refundedAmount).to.deep.equal(euros(0, 3));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(names).to.deep.equal(annas);
  });

  it("ListPayments asks the store in plain filters, for which it looks at no other payment", async () => {
    const compound: string[] = [];
    link.onSent((bytes) => {
      for (const each of ["$or", "$and"]) if (bytes.includes(`\x04${each}\0`)) compound.push(each);
    });
    const first = await service.client.listPayments({ pageSize: 5, pageToken: "", user: "" }, anna);
    await service.client.listPayments({ pageSize: 5, pageToken: first.nextPageToken, user: "" }, anna);
    expect(compound).to.deep.equal([]);
  });

  it("ListPayments takes no longer for a payment of a large page than for one of a small page", async () => {
    const small = await shortest(() => list(10));
    const large = await shortest(() => list(200));
    expect(large / 200 / (small / 10)).to.be.below(4);
  });

  it("ListPaymentEvents reads the page, not the log", async () => {
    reads();
    const page = await service.client.listPaymentEvents(
      { parent: long, pageSize: 200, pageToken: "" },
      as("users/ben"),
    );
    expect(page.events.map(({ sequence }) => Number(sequence))).to.deep.equal(upTo(200));
    expect(reads().length).to.be.below(12);
    const rest = { parent: long, pageSize: 1, pageToken: page.nextPageToken };
    const next = await service.client.listPaymentEvents(rest, admin);
    expect(next.events.map(({ sequence }) => Number(sequence))).to.deep.equal([201]);
  });

  it("GetPayment counts every refund of a log of 1,000 events", async () => {
    const payment = await service.client.getPayment({ name: long }, admin);
    expect(payment.refundedAmount).to.deep.equal(euros(4, 98));
  });

  it("RefundPayment does not look for its request id, which some stores do at every event", async () => {
    const { name } = await service.client.createPayment(newPayment(world), anna);
    reads();
    await service.client.refundPayment({ name, amount: euros(1), requestId: randomUUID() }, admin);
    expect(reads()).to.not.include("refund");
  });

  const methods = {
    GetPayment: (name: string) => service.client.getPayment({ name }, as("users/cleo")),
    CancelPayment: (name: string) => service.client.cancelPayment({ name }, as("users/cleo")),
    ListPaymentEvents: (parent: string) =>
      service.client.listPaymentEvents({ parent, pageSize: 0, pageToken: "" }, as("users/cleo")),
    WatchPayment: async (name: string) => {
      for await (const _ of service.client.watchPayment({ name, resumeToken: "" }, as("users/cleo"))) break;
    },
  };
  for (const [method, call] of Object.entries(methods)) {
    it(`${method} reads the same for a payment of somebody else as for a missing one`, async () => {
      reads();
      await refusal(call(annas[0] ?? ""), ErrorReason.PAYMENT_NOT_FOUND);
      expect(reads()).to.deep.equal(["payments"]);
      await refusal(call("payments/none"), ErrorReason.PAYMENT_NOT_FOUND);
      expect(reads()).to.deep.equal(["payments"]);
    });
  }

  function list(pageSize: number) {
    return service.client.listPayments({ pageSize, pageToken: "", user: "" }, anna);
  }
});

/** The shortest of a few times that something takes, in ms. */
async function shortest(act: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    await act();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}
