import { randomUUID } from "node:crypto";
import type { Payment } from "@theseus/contract/theseus/payment/v1/payment.js";
import type { WatchPaymentResponse } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { ErrorReason } from "@theseus/kit";
import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { begunBy, newPayment } from "./support/requests.js";
import { admin, anna, as, type Service, startWorld, type World } from "./support/world.js";

const EVERYTHING = { pageSize: 0, pageToken: "", user: "" };

describe("reading payments", () => {
  let world: World;
  let service: Service;
  const payments: Payment[] = [];
  before(async () => {
    world = await startWorld();
    service = await world.startService();
    for (let at = 0; at < 5; at++)
      payments.unshift(await service.client.createPayment(newPayment(world), anna));
    await service.client.createPayment(newPayment(world, "card-ok", "users/ben"), as("users/ben"));
  });
  afterEach(() => world.router.intercept(() => "pass"));
  after(() => world[Symbol.asyncDispose]());

  it("GetPayment shows a payment to its owner and to administrators, and to others as if it were missing", async () => {
    const { name } = payments[0] ?? { name: "" };
    expect(await service.client.getPayment({ name }, anna)).to.deep.equal(payments[0]);
    expect(await service.client.getPayment({ name }, admin)).to.deep.equal(payments[0]);
    const others = await refusal(
      service.client.getPayment({ name }, as("users/ben")),
      ErrorReason.PAYMENT_NOT_FOUND,
    );
    const missing = await refusal(
      service.client.getPayment({ name: "payments/none" }, as("users/ben")),
      ErrorReason.PAYMENT_NOT_FOUND,
    );
    expect(others.message).to.equal(missing.message);
    expect(others.details).to.deep.equal(missing.details);
  });

  it("ListPayments lists the caller's own, latest first", async () => {
    const { payments: own } = await service.client.listPayments(EVERYTHING, anna);
    expect(own).to.deep.equal(payments);
  });

  it("ListPayments lists everybody's, or one user's, for an administrator", async () => {
    const all = await service.client.listPayments(EVERYTHING, admin);
    expect(all.payments).to.have.length(6);
    const bens = await service.client.listPayments({ ...EVERYTHING, user: "users/ben" }, admin);
    expect(bens.payments.map(({ user }) => user)).to.deep.equal(["users/ben"]);
  });

  it("ListPaymentEvents and ListPayments tell a log whole, however long it is", async () => {
    const { name } = await service.client.createPayment(
      newPayment(world, "card-ok", "users/cleo"),
      as("users/cleo"),
    );
    const amount = { currencyCode: "EUR", units: 0n, nanos: 10_000_000 };
    for (let at = 0; at < 7; at++)
      await service.client.refundPayment({ name, amount, requestId: randomUUID() }, admin);
    const { events } = await service.client.listPaymentEvents(
      { parent: name, pageSize: 0, pageToken: "" },
      admin,
    );
    expect(events.map(({ sequence }) => Number(sequence))).to.deep.equal(
      [...Array(18).keys()].map((n) => n + 1),
    );
    const {
      payments: [found],
    } = await service.client.listPayments(EVERYTHING, as("users/cleo"));
    expect(found?.refundedAmount).to.deep.equal({ ...amount, nanos: 70_000_000 });
  });

  it("ListPayments shows nothing of somebody else", async () => {
    const found = await service.client.listPayments({ ...EVERYTHING, user: "users/ben" }, anna);
    expect(found).to.deep.equal({ payments: [], nextPageToken: "" });
  });

  it("ListPayments goes on where the page before ended, while payments are added", async () => {
    const carl = as("users/carl");
    const begin = () => service.client.createPayment(newPayment(world, "card-ok", "users/carl"), carl);
    const made = [await begin(), await begin(), await begin()].map(({ name }) => name).reverse();
    const first = await service.client.listPayments({ ...EVERYTHING, pageSize: 2 }, carl);
    await begin();
    const rest = await service.client.listPayments(
      { pageSize: 2, pageToken: first.nextPageToken, user: "" },
      carl,
    );
    expect([...first.payments, ...rest.payments].map(({ name }) => name)).to.deep.equal(made);
    expect(rest.nextPageToken).to.equal("");
  });

  it("ListPayments refuses a token of another request", async () => {
    const { nextPageToken: pageToken } = await service.client.listPayments(
      { ...EVERYTHING, pageSize: 2 },
      anna,
    );
    await refusal(
      service.client.listPayments({ pageSize: 2, pageToken, user: "" }, admin),
      ErrorReason.PAGE_TOKEN_INVALID,
    );
    await refusal(
      service.client.listPayments({ ...EVERYTHING, pageToken: "nonsense" }, anna),
      ErrorReason.PAGE_TOKEN_INVALID,
    );
  });

  it("ListPaymentEvents pages through the log", async () => {
    const parent = payments[0]?.name ?? "";
    const sequences: bigint[] = [];
    let pageToken = "";
    do {
      const page = await service.client.listPaymentEvents({ parent, pageSize: 3, pageToken }, anna);
      sequences.push(...page.events.map(({ sequence }) => sequence));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(sequences).to.deep.equal([1n, 2n, 3n, 4n]);
    await refusal(
      service.client.listPaymentEvents({ parent, pageSize: 0, pageToken: "" }, as("users/ben")),
      ErrorReason.PAYMENT_NOT_FOUND,
    );
  });

  it("WatchPayment tells the past, and ends with a payment that is final", async () => {
    const name = payments[0]?.name ?? "";
    const told = await watch(name, "");
    expect(told.map(({ event }) => event?.sequence)).to.deep.equal([1n, 2n, 3n, 4n]);
    expect(told.at(-1)?.payment).to.deep.equal(payments[0]);
  });

  it("WatchPayment goes on right after each of its resume tokens", async () => {
    const name = payments[0]?.name ?? "";
    const told = await watch(name, "");
    for (const [at, { resumeToken }] of told.entries())
      expect(await watch(name, resumeToken)).to.deep.equal(told.slice(at + 1));
  });

  it("WatchPayment refuses a resume token of another payment, to its owner alone", async () => {
    const [first] = await watch(payments[1]?.name ?? "", "");
    const request = { name: payments[0]?.name ?? "", resumeToken: first?.resumeToken ?? "" };
    await refusal(collect(service.client.watchPayment(request, anna)), ErrorReason.RESUME_TOKEN_INVALID);
    const foreign = service.client.watchPayment(request, as("users/ben"));
    await refusal(collect(foreign), ErrorReason.PAYMENT_NOT_FOUND);
  });

  it("WatchPayment tells what another process adds, as it happens", async () => {
    const request = newPayment(world);
    const other = await world.startService();
    world.router.intercept((method) => (method === "Capture" ? "refuse" : "pass"));
    const paying = other.client.createPayment(request, anna);
    const name = await begunBy(world, request);
    const told: (bigint | undefined)[] = [];
    for await (const { event } of service.client.watchPayment({ name, resumeToken: "" }, anna)) {
      told.push(event?.sequence);
      if (event?.sequence === 3n) world.router.intercept(() => "pass");
    }
    expect(told).to.deep.equal([1n, 2n, 3n, 4n]);
    await paying;
  });

  it("WatchPayment is for the owner", async () => {
    const name = payments[0]?.name ?? "";
    const stream = service.client.watchPayment({ name, resumeToken: "" }, as("users/ben"));
    await refusal(collect(stream), ErrorReason.PAYMENT_NOT_FOUND);
  });

  function watch(name: string, resumeToken: string): Promise<WatchPaymentResponse[]> {
    return collect(service.client.watchPayment({ name, resumeToken }, anna));
  }
});

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of stream) all.push(each);
  return all;
}
