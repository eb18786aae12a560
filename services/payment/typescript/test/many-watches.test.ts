import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReason } from "@theseus/kit";
import { type CuttableLink, linkTo } from "@theseus/testing";
import { expect } from "chai";
import { refusal } from "./support/refusal.js";
import { begunBy, newPayment } from "./support/requests.js";
import { readsOver } from "./support/store-reads.js";
import { anna, type Service, startWorld, type World } from "./support/world.js";

describe("many watches of a payment", () => {
  const MANY = 30;
  const POLL_MS = 250;

  let world: World;
  let link: CuttableLink;
  let service: Service;
  let other: Service;
  before(async () => {
    world = await startWorld();
    link = await linkTo(world.mongo.url);
    service = await world.startService({ mongodbUrl: link.url });
    other = await world.startService();
  });
  afterEach(async () => {
    world.router.intercept(() => "pass");
    await link.mend();
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
  });

  it("ask the store as often as one does", async () => {
    const { watches, paying } = await begin();
    const reads = readsOver(link);
    const start = performance.now();
    await sleep(4 * POLL_MS);
    const seen = reads().length;
    expect(seen)
      .to.be.above(0)
      .and.below(2 + (performance.now() - start) / POLL_MS);
    world.router.intercept(() => "pass");
    const told = await Promise.all(watches.map(({ rest }) => rest()));
    for (const sequences of told) expect(sequences).to.deep.equal([4n]);
    await paying;
    await sleep(2 * POLL_MS);
    reads();
    await sleep(4 * POLL_MS);
    expect(reads()).to.deep.equal([]);
  });

  it("end each when the store is lost, and go on with their tokens when it is back", async () => {
    const { watches, paying, name } = await begin();
    await link.cut();
    for (const { rest } of watches) await refusal(rest(), ErrorReason.SERVICE_UNAVAILABLE);
    await link.mend();
    world.router.intercept(() => "pass");
    await paying;
    const again = await watch(name, watches[0]?.token ?? "");
    expect(await again.rest()).to.deep.equal([4n]);
  });

  /** Many at a payment of another process, which waits for the provider to capture it. */
  async function begin() {
    const request = newPayment(world);
    world.router.intercept((method) => (method === "Capture" ? "refuse" : "pass"));
    const paying = other.client.createPayment(request, anna);
    const name = await begunBy(world, request);
    const watches = await Promise.all(Array.from({ length: MANY }, () => watch(name, "", 3n)));
    return { name, paying, watches };
  }

  /** Up to an event; `rest` gives the numbers of those that come after it. */
  async function watch(name: string, resumeToken: string, upTo = 0n) {
    const messages = service.client.watchPayment({ name, resumeToken }, anna)[Symbol.asyncIterator]();
    let token = "";
    let at = 0n;
    while (at < upTo) {
      const { value } = await messages.next();
      at = value?.event?.sequence ?? upTo;
      token = value?.resumeToken ?? "";
    }
    const rest = async () => {
      const sequences: (bigint | undefined)[] = [];
      for (;;) {
        const { done, value } = await messages.next();
        if (done) return sequences;
        sequences.push(value.event?.sequence);
      }
    };
    return { token, rest };
  }
});
