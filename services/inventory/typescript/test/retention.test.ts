import { reasonName, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const HOUR = 3_600_000;

describe("what is kept of reservations", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());
  beforeEach(async () => {
    await scripts.redis.flushall();
    await scripts.create("kettle", 1000n);
  });

  const reserve = (id: string, owner = "users/ada") =>
    scripts.reservations.create({ id, ttlMs: 60_000, lines: [["kettle", 1]] }, anyKey(owner));

  const keptFor = async (id: string) =>
    Math.round((Number(await scripts.redis.zscore("inventory:retention", id)) - Date.now()) / HOUR);

  it("outlives the request ids, for 26 hours, and for 30 days when it was sold", async () => {
    const { reservations, redis } = scripts;
    for (const id of ["released", "expired", "undone", "sold", "held"]) await reserve(id);
    await reservations.release("released", "users/ada");
    await scripts.overdue("expired");
    await reservations.sweep();
    await reservations.commit("undone", "payments/p");
    await reservations.uncommit("undone", "payments/p");
    await reservations.commit("sold", "payments/p");
    await reservations.uncommit("buried", "payments/p");
    for (const id of ["released", "expired", "undone", "buried"]) expect(await keptFor(id), id).to.equal(26);
    expect(await keptFor("sold")).to.equal(30 * 24);
    expect(await redis.zscore("inventory:retention", "held")).to.equal(null);
    const [request = ""] = await redis.keys("inventory:request:*");
    expect(await redis.pttl(request)).to.be.within(24 * HOUR, 25 * HOUR);
  });

  it("goes in batches of 50 once its time is over, and the stock stays as it is", async () => {
    const { reservations, redis } = scripts;
    for (let index = 0; index < 120; index++) {
      await reserve(`r${index}`);
      await reservations.commit(`r${index}`, "payments/p");
      await redis.zadd("inventory:retention", 1000, `r${index}`);
    }
    const level = await scripts.level("kettle");
    const removed = [];
    for (let run = 0; run < 4; run++) removed.push((await reservations.sweep()).removed);
    expect(removed).to.deep.equal([50, 50, 20, 0]);
    expect(await redis.keys("inventory:reservation:*")).to.deep.equal([]);
    expect(await redis.zcard("inventory:retention")).to.equal(0);
    expect(await scripts.level("kettle")).to.deep.equal(level);
  });

  it("expires in batches of 50", async () => {
    for (let index = 0; index < 70; index++) {
      await reserve(`r${index}`, `users/u${index}`);
      await scripts.overdue(`r${index}`);
    }
    const expired = [];
    for (let run = 0; run < 3; run++) expired.push((await scripts.reservations.sweep()).expired);
    expect(expired).to.deep.equal([50, 20, 0]);
    expect(await scripts.level("kettle")).to.deep.equal([1000n, 0n, 0n]);
  });

  it("leaves a payment out that comes after everything is forgotten", async () => {
    await reserve("r");
    await scripts.reservations.release("r", "users/ada");
    await scripts.redis.zadd("inventory:retention", 1000, "r");
    await scripts.reservations.sweep();
    const error: unknown = await scripts.reservations
      .commit("r", "payments/p")
      .catch((thrown: unknown) => thrown);
    expect(error instanceof StatusError && reasonName(error.reason)).to.equal("RESERVATION_GONE");
  });
});
