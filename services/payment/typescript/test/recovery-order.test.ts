import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { euros, startWorld, type World } from "./support/world.js";

const STUCK = 60;
const OTHERS = 10;

describe("the recovery of payments among many that cannot end", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  it("does not wait for those", async () => {
    let asked = 0;
    world.router.intercept(async (method) => {
      if (method !== "Authorize") return "pass";
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return "refuse";
    });
    for (let at = 0; at < STUCK; at++) await leave(`stuck${at}`, "CREATED");
    await world.startService({ recoverAfterMs: 0 });
    await eventually("each of them was asked for", () => asked >= STUCK);
    for (let at = 0; at < OTHERS; at++) await leave(`other${at}`, "AUTHORIZED");
    const before = asked;
    await eventually("the others are done", async () => (await countMarks()) === STUCK);
    expect((asked - before) / STUCK).to.be.below(0.5);
  });

  function countMarks(): Promise<number> {
    return world.db.collection("payment_work").countDocuments({});
  }

  /** A payment that was left by its process. */
  async function leave(id: string, state: "CREATED" | "AUTHORIZED"): Promise<void> {
    const payment = id.padStart(20, "0");
    const reservation = world.inventory.reserve("users/anna", euros(12, 50));
    const create_time = new Date();
    const place = { payment, sequence: 1 };
    const mark = { _id: `${payment}#00000001`, ...place, create_time, card_token: "card-ok" };
    await world.db.collection<{ _id: string }>("payment_work").insertOne(mark);
    await world.db.collection<{ _id: string }>("payments").insertOne({
      ...{ _id: payment, user: "users/anna", request_id: payment, fingerprint: payment, reservation },
      ...{ amount: { currency_code: "EUR", units: 12n, nanos: 500_000_000 }, create_time },
    });
    if (state === "CREATED") return;
    await world.provider.authorize({ paymentId: payment, amount: euros(12, 50), cardToken: "card-ok" });
    const event = { _id: `${payment}#00000002`, payment, sequence: 2, type: state, event_time: create_time };
    await world.db.collection<{ _id: string }>("payment_events").insertOne(event);
  }
});
