import { ErrorReason, StatusError } from "@theseus/kit";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { createReservationStore, type ReservationStore } from "../src/store/reservation-store.js";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const ADA = "users/ada";
const HOLDS = `inventory:holds:${ADA}`;

/** The quotas of a contract that allows less than the shop's. */
const QUOTAS = [
  { name: "held_pieces", scope: 1, limit: 9n },
  { name: "open_reservations", scope: 1, limit: 3n },
] as const;

describe("the quotas of CreateReservation", () => {
  let scripts: Scripts;
  let reservations: ReservationStore;
  before(async () => {
    scripts = await startScripts();
    reservations = createReservationStore(scripts.run, QUOTAS);
  });
  after(() => scripts[Symbol.asyncDispose]());
  beforeEach(async () => {
    await scripts.redis.flushall();
    await scripts.create("kettle", 1000n);
  });

  const reserve = (id: string, quantity = 1, ttlMs = 60_000) =>
    reservations.create({ id, ttlMs, lines: [["kettle", quantity]] }, anyKey(ADA));

  const refused = async (quota: string, limit: string, quantity = 1) => {
    const { reason, details } = await rejectionOf(reserve("refused", quantity), StatusError);
    expect(reason).to.equal(ErrorReason.QUOTA_EXCEEDED);
    expect(details.metadata).to.deep.equal({ quota, limit });
  };

  it("have the limits that the contract gives them, the first that is exceeded is named", async () => {
    await refused("held_pieces", "9", 10);
    for (const id of ["a", "b", "c"]) await reserve(id, 3);
    await refused("held_pieces", "9");
    await reservations.release("a", ADA);
    await reserve("d", 1);
    await refused("open_reservations", "3");
  });

  it("are none where the contract has none, and refuse to work where nobody knows how to count", async () => {
    const lines = [["kettle", 1]] as const;
    const free = createReservationStore(scripts.run, []);
    for (let made = 0; made < 30; made++)
      await free.create({ id: `r${made}`, ttlMs: 60_000, lines }, anyKey());
    const odd = createReservationStore(scripts.run, [{ name: "odd", scope: 1, limit: 1n }]);
    const error = await rejectionOf(odd.create({ id: "odd", ttlMs: 60_000, lines }, anyKey()), Error);
    expect(error).not.to.be.instanceOf(StatusError);
  });

  it("count nothing that is past its time, also before it is swept", async () => {
    for (const id of ["a", "b", "c"]) await reserve(id, 3);
    await scripts.overdue("b");
    await reserve("d", 3);
    await refused("held_pieces", "9");
    expect((await scripts.level("kettle"))[1]).to.equal(12n);
    await reservations.sweep();
    await refused("held_pieces", "9");
  });

  it("leave nothing of a refusal, and of holds a list that does not grow and ends with them", async () => {
    for (let made = 0; made < 30; made++) {
      await reserve(`r${made}`);
      await reservations.release(`r${made}`, ADA);
    }
    expect(await scripts.redis.smembers(HOLDS)).to.deep.equal(["r29"]);
    const long = await reserve("long", 1, 3_600_000);
    for (const id of ["a", "b"]) await reserve(id);
    expect(await scripts.redis.pexpiretime(HOLDS)).to.equal(long.expireTime?.getTime());
    const before = (await scripts.redis.keys("*")).sort();
    await refused("open_reservations", "3");
    expect((await scripts.redis.keys("*")).sort()).to.deep.equal(before);
  });

  it("let reservations from before the list end as all do, and count from the next one on", async () => {
    for (const id of ["old1", "old2", "old3"]) await reserve(id);
    await scripts.redis.del(HOLDS);
    await reservations.release("old1", ADA);
    await reservations.commit("old2", "payments/p");
    for (const id of ["a", "b", "c"]) await reserve(id);
    await refused("open_reservations", "3");
    await reservations.release("old3", ADA);
    await refused("open_reservations", "3");
    expect((await scripts.level("kettle"))[1]).to.equal(3n);
  });
});
