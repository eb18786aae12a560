import { randomUUID } from "node:crypto";
import { LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { expect } from "chai";
import { HttpClient, registeredUser, signedIn, type Token } from "./http-client.js";
import { shop } from "./root-hooks.js";
import { stockedItem } from "./stock.js";

describe("the journey through the gateway", () => {
  let http: HttpClient;
  let admin: Token;
  let buyer: { name: string; token: Token };

  before(async () => {
    http = new HttpClient(shop().edge);
    admin = await signedIn(http, shop().administrator);
    buyer = await registeredUser(http);
  });

  it("lists the items of the seeded catalogue to anybody", async () => {
    const { status, body } = await http.get("/v1/items");
    expect(status).to.equal(200);
    expect(body.items.length).to.be.at.least(3);
    expect(body.items[0]).to.include.keys("name", "title", "unitPrice", "onHand");
  });

  it("reserves two kinds of items at once, and a running watch sees the stock fall", async () => {
    const [mug, tea] = [await stockedItem(http, admin, "10"), await stockedItem(http, admin, "10")];
    const ended = new AbortController();
    const levels = http.stream(`/v1/items:watchStock?items=${mug}&items=${tea}`, { signal: ended.signal });
    await levels.next();
    await levels.next();
    await reserve([mug, 2], [tea, 1]);
    const seen = new Map(
      [(await levels.next()).value, (await levels.next()).value].map((m) => [m.level.item, m.level]),
    );
    ended.abort();
    expect(seen.get(mug)).to.include({ onHand: "10", held: "2", sold: "0" });
    expect(seen.get(tea)).to.include({ onHand: "10", held: "1", sold: "0" });
  });

  it("takes a payment, whose watch ends at CAPTURED and whose money is in the provider's ledger", async () => {
    const item = await stockedItem(http, admin, "5");
    const paid = await pay(await reserve([item, 2]), "card-ok");
    expect(paid.status, JSON.stringify(paid.body)).to.equal(200);
    expect(paid.body).to.include({ user: buyer.name, state: "PAYMENT_STATE_CAPTURED" });

    const types = [];
    const watch = http.stream(`/v1/${paid.body.name}:watch`, {
      token: buyer.token,
      signal: AbortSignal.timeout(10_000),
    });
    for await (const { event } of watch) types.push(event.type.replace("PAYMENT_EVENT_TYPE_", ""));
    expect(types).to.deep.equal(["CREATED", "AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"]);
    expect(await ledgerOf(paid.body.name)).to.deep.equal(["AUTHORIZED", "CAPTURED"]);
    expect((await http.get(`/v1/${item}`)).body).to.include({ onHand: "3", held: "0", sold: "2" });
  });

  it("goes on with the watch of a payment where it was, as an EventSource does", async () => {
    const paid = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok");
    const path = `/v1/${paid.body.name}:watch`;
    const follow = (headers: Record<string, string>) =>
      http.stream(path, { token: buyer.token, headers, signal: AbortSignal.timeout(10_000) });
    const first = await follow({}).next();
    const types = [];
    for await (const { event } of follow({ "last-event-id": first.value.resumeToken }))
      types.push(event.type);
    expect(types.map((type) => type.replace("PAYMENT_EVENT_TYPE_", ""))).to.deep.equal([
      "AUTHORIZED",
      "STOCK_COMMITTED",
      "CAPTURED",
    ]);
  });

  it("answers the same payment to the same key, with one charge", async () => {
    const reservation = await reserve([await stockedItem(http, admin, "5"), 1]);
    const key = randomUUID();
    const first = await pay(reservation, "card-ok", key);
    const second = await pay(reservation, "card-ok", key);
    expect(second.body).to.deep.equal(first.body);
    expect(await ledgerOf(first.body.name)).to.deep.equal(["AUTHORIZED", "CAPTURED"]);
  });

  it("refuses the key of one request for another request", async () => {
    const key = randomUUID();
    await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok", key);
    const other = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok", key);
    expect(other.status).to.equal(400);
    expect(reasonOf(other.body)).to.equal("REQUEST_ID_REUSED");
  });

  it("answers another person's payment exactly as a missing one", async () => {
    const paid = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok");
    const stranger = await registeredUser(http);
    const others = await http.get(`/v1/${paid.body.name}`, { token: stranger.token });
    const missing = await http.get("/v1/payments/none-such", { token: stranger.token });
    expect(others.status).to.equal(404);
    expect(others.body).to.deep.equal(missing.body);
  });

  it("is declined with card-declined: the stock is back and no money is taken", async () => {
    const item = await stockedItem(http, admin, "5");
    const declined = await pay(await reserve([item, 2]), "card-declined");
    expect(declined.status).to.equal(400);
    expect(reasonOf(declined.body)).to.equal("PAYMENT_DECLINED");
    const payment = declined.body.error.details[0].metadata.payment;
    expect((await http.get(`/v1/${payment}`, { token: buyer.token })).body.state).to.equal(
      "PAYMENT_STATE_FAILED",
    );
    expect(await ledgerOf(payment)).to.not.include("CAPTURED");
    expect((await http.get(`/v1/${item}`)).body).to.include({ onHand: "5", sold: "0" });
  });

  it("charges card-lost-reply once", async () => {
    const paid = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-lost-reply");
    const final = await finalPayment(paid);
    expect(final.state).to.equal("PAYMENT_STATE_CAPTURED");
    expect((await ledgerOf(final.name)).filter((type) => type === "CAPTURED")).to.have.lengthOf(1);
  }).timeout(90_000);

  it("lets an administrator refund, once a key", async () => {
    const paid = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok");
    const key = randomUUID();
    const refund = () => http.post(`/v1/${paid.body.name}:refund`, {}, { token: admin, key });
    const first = await refund();
    expect(first.status, JSON.stringify(first.body)).to.equal(200);
    expect(first.body.refundedAmount).to.deep.equal(paid.body.amount);
    expect((await refund()).body).to.deep.equal(first.body);
    expect(await ledgerOf(paid.body.name)).to.deep.equal(["AUTHORIZED", "CAPTURED", "REFUNDED"]);
  });

  it("refuses a refund to a customer", async () => {
    const paid = await pay(await reserve([await stockedItem(http, admin, "5"), 1]), "card-ok");
    const refused = await http.post(`/v1/${paid.body.name}:refund`, {}, { token: buyer.token });
    expect(refused.status).to.equal(403);
    expect(reasonOf(refused.body)).to.equal("CALLER_DENIED");
  });

  async function reserve(...lines: readonly (readonly [item: string, quantity: number])[]): Promise<string> {
    const body = { lines: lines.map(([item, quantity]) => ({ item, quantity })) };
    const answer = await http.post("/v1/reservations", body, { token: buyer.token });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    return answer.body.name;
  }

  function pay(reservation: string, cardToken: string, key: string = randomUUID()) {
    return http.post("/v1/payments", { reservation, cardToken }, { token: buyer.token, key });
  }

  async function finalPayment(answer: { body: { name: string; state: string } }) {
    const watch = http.stream(`/v1/${answer.body.name}:watch`, {
      token: buyer.token,
      signal: AbortSignal.timeout(60_000),
    });
    let last = answer.body;
    for await (const message of watch) last = message.payment;
    return last;
  }

  async function ledgerOf(payment: string): Promise<string[]> {
    const entries = await shop().ledger(payment.replace("payments/", ""));
    return entries.map((entry) => (LedgerEntryType[entry.type] ?? "").replace("LEDGER_ENTRY_TYPE_", ""));
  }

  function reasonOf(body: { error: { details: { reason?: string }[] } }): string | undefined {
    return body.error.details.find((detail) => detail.reason !== undefined)?.reason;
  }
});
