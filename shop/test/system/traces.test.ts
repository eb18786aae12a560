import { randomUUID } from "node:crypto";
import { type Collector, eventually, openCollector, type Told } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient, registeredUser, signedIn } from "./http-client.js";
import { flags } from "./root-hooks.js";
import { Shop } from "./shop.js";
import { stockedItem } from "./stock.js";

/** Who is in the tree of a purchase, as the span's resource names it. */
const PARTIES = ["gateway", "payment", "inventory", "user"].flatMap((name) => [name, `${name}-sidecar`]);

describe("a shop that tells a collector of its calls", () => {
  let collector: Collector;
  let shop: Shop;
  let paidAs: string;
  let token: string;

  before(async function () {
    this.timeout(180_000);
    collector = await openCollector();
    shop = new Shop(undefined, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      OTEL_BLRP_SCHEDULE_DELAY: "200",
    });
    await shop.start({ flags });
    const http = new HttpClient(shop.edge);
    const admin = await signedIn(http, shop.administrator);
    const item = await stockedItem(http, admin, "5");
    const buyer = await registeredUser(http);
    token = await buyer.token();
    const lines = [{ item, quantity: "1" }];
    const reserved = await http.post("/v1/reservations", { lines }, { token, key: randomUUID() });
    const order = { reservation: reserved.body.name, cardToken: "card-ok" };
    const paid = await http.post("/v1/payments", order, { token, key: randomUUID() });
    expect(paid.status, JSON.stringify(paid.body)).to.equal(200);
    paidAs = paid.headers.get("x-request-id") ?? "";
  });
  after(async () => {
    await shop?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  });

  it("tells one request as one tree, over all sidecars and applications", async () => {
    const spans = await completeTrace();
    const known = new Set(spans.map(({ span }) => span));
    const roots = spans.filter(({ parent }) => !known.has(parent));
    expect(roots.map((root) => [partyOf(root), root.parent])).to.deep.equal([["gateway-sidecar", ""]]);
    expect([...new Set(spans.map(partyOf))]).to.include.members(PARTIES);
    const answered = spans.filter(
      ({ name, kind, resource }) =>
        kind === "SERVER" &&
        String(name).endsWith("/CreatePayment") &&
        fieldOf(resource, "service.name") === "payment",
    );
    expect(answered).to.have.length(1);
    expect(fieldOf(answered[0]?.resource, "service.instance.id")).to.equal("payment-1");
  });

  it("says of each application's span in which language it is", async () => {
    const spans = await completeTrace();
    const applications = spans.filter((span) => !partyOf(span).endsWith("-sidecar"));
    const languages = new Set(
      applications.map(({ resource }) => fieldOf(resource, "theseus.implementation")),
    );
    const chosen = flags.flatMap((flag) => /=(\w+)$/.exec(flag)?.[1] ?? []);
    expect([...languages]).to.include.members(["typescript", ...chosen]);
    expect(languages.has(undefined)).to.equal(false);
  });

  it("is explained as one that tells nobody", async () => {
    const told = async () => (await shop.theseus("explain", paidAs)).stdout;
    await eventually("all have logged", async () => /provider.*Capture/.test(await told()), {
      withinMs: 10_000,
    });
    const tree = await told();
    expect(tree).to.match(/^POST \/v1\/payments was answered in/);
    for (const party of ["gateway-1", "payment-1", "inventory-1"]) expect(tree).to.contain(party);
    expect(
      tree.split("\n").filter((line) => /^\S+ {2}\S/.test(line) && / at mesh:/.test(line)),
    ).to.deep.equal([]);
  });

  it("tells no token", () => {
    const [, claims = ""] = token.split(".");
    expect(collector.requests.filter((bytes) => bytes.includes(claims))).to.deep.equal([]);
    expect(collector.faults).to.deep.equal([]);
  });

  /** All spans of the purchase, once each party has told its own. */
  async function completeTrace(): Promise<readonly Told[]> {
    let spans: readonly Told[] = [];
    await eventually(
      "the trace is complete",
      () => {
        const told = collector.told("traces");
        const trace = told.find(
          ({ attributes }) => fieldOf(attributes, "theseus.request_id") === paidAs,
        )?.trace;
        spans = told.filter((span) => trace !== undefined && span.trace === trace);
        const known = new Set(spans.map(({ span }) => span));
        const orphans = spans.filter(({ parent }) => parent !== "" && !known.has(parent));
        return (
          orphans.length === 0 && PARTIES.every((party) => spans.some((span) => partyOf(span) === party))
        );
      },
      { withinMs: 20_000 },
    ).catch(() => undefined);
    return spans;
  }
});

function partyOf({ resource }: Told): string {
  return String(fieldOf(resource, "service.name"));
}

function fieldOf(fields: Told[string] | undefined, name: string): unknown {
  return (fields as Readonly<Record<string, unknown>> | undefined)?.[name];
}
