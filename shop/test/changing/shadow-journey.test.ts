import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startShadow } from "@theseus/runtime/shadow";
import { expect } from "chai";
import { peopleOf } from "../../src/seed/people.js";
import { HttpClient, registeredUser, signedIn, type Token } from "../system/http-client.js";
import { flags } from "../system/root-hooks.js";
import { checkout } from "../system/shop.js";
import { stockedItem } from "../system/stock.js";
import { startCandidate } from "./candidate.js";
import { type OpenShop, openShop } from "./open-shop.js";
import { reportOf } from "./report-of.js";

/** Languages that are held against TypeScript, where they are built. */
const others = { user: "python", payment: "java" };

type Buyer = Awaited<ReturnType<typeof registeredUser>>;

describe("A shadow of those who sell", function () {
  this.timeout(180_000);
  let shop: OpenShop;
  let http: HttpClient;
  let admin: Token;

  before(async () => {
    shop = await openShop();
    http = new HttpClient(shop.endpoints.http);
    admin = await signedIn(http, JSON.parse(readFileSync(peopleOf(shop.endpoints).admin, "utf8")));
  });
  after(() => shop[Symbol.asyncDispose]());

  it("finds nothing while others write to user", async () => {
    const buyer = await registeredUser(http);
    await compare("user", async (n) => {
      const { token } = buyer;
      const body = JSON.stringify({ displayName: `Buyer ${n}` });
      await done(http.send("PATCH", `/v1/${buyer.name}?updateMask=displayName`, body, { token }));
      await done(http.get(`/v1/${buyer.name}`, { token }));
      await done(http.get("/v1/users?pageSize=5", { token: admin }));
      await done(http.get("/.well-known/jwks.json"));
      return 2;
    });
  });

  it("finds nothing while others write to payment, and compares what its watches tell", async () => {
    const buyer = await registeredUser(http);
    const report = await compare("payment", async () => {
      const { token } = buyer;
      const payment = await bought(buyer);
      await done(http.get(`/v1/${payment}`, { token }));
      await done(http.get("/v1/payments", { token }));
      await done(http.get(`/v1/${payment}/events`, { token }));
      return 3;
    });
    expect(report.streams).to.be.above(0);
  });

  /** Reads and writes 20 times; `step` says how many of its reads are copied at least. */
  async function compare(service: keyof typeof others, step: (n: number) => Promise<number>) {
    const language = flags.length > 0 ? others[service] : "typescript";
    const folder = join(checkout, "services", service, language);
    await using pair = await startCandidate(shop.instances, service, folder);
    const shadow = await startShadow(shop.instances, { service, ...pair });
    let reads = 0;
    for (let n = 0; n < 20; n++) reads += await step(n);
    const report = await reportOf(
      shadow,
      ({ compared, streams }) => compared - streams >= reads && (service === "user" || streams > 0),
    );
    await shadow.stop();
    expect(report.different).to.deep.equal([]);
    expect(report.equal, JSON.stringify(report)).to.be.above(0);
    return report;
  }

  async function bought({ token }: Buyer): Promise<string> {
    const item = await stockedItem(http, admin, "5");
    const reserved = await done(http.post("/v1/reservations", { lines: [{ item, quantity: 1 }] }, { token }));
    const order = { reservation: reserved.name, cardToken: "card-ok" };
    return (await done(http.post("/v1/payments", order, { token }))).name;
  }
});

async function done(asked: ReturnType<HttpClient["get"]>) {
  const { status, body } = await asked;
  expect(status, JSON.stringify(body)).to.equal(200);
  return body;
}
