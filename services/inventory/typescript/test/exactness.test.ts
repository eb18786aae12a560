import { ErrorReason, StatusError } from "@theseus/kit";
import { expect } from "chai";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const MAX = 2n ** 63n - 1n;
const BEYOND_DOUBLES = 2n ** 53n + 1n;

async function reasonOf(promise: Promise<unknown>): Promise<ErrorReason | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined && !(error instanceof StatusError)) throw error;
  return error?.reason;
}

describe("numbers in the scripts", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());
  beforeEach(() => scripts.redis.flushall());

  it("are exact above 2^53", async () => {
    await scripts.create("kettle", BEYOND_DOUBLES);
    const { items, reservations } = scripts;
    expect((await items.addStock("kettle", 2n, anyKey())).onHand).to.equal(BEYOND_DOUBLES + 2n);
    await reservations.create({ id: "r", ttlMs: 60_000, lines: [["kettle", 1000]] }, anyKey());
    expect(await scripts.level("kettle")).to.deep.equal([BEYOND_DOUBLES + 2n, 1000n, 0n]);
    await reservations.commit("r", "payments/p");
    expect(await scripts.level("kettle")).to.deep.equal([BEYOND_DOUBLES - 998n, 0n, 1000n]);
    await reservations.uncommit("r", "payments/p");
    expect(await scripts.level("kettle")).to.deep.equal([BEYOND_DOUBLES + 2n, 0n, 0n]);
  });

  it("carry and borrow over every digit", async () => {
    for (const [from, add] of [
      [9_999_999n, 1n],
      [99_999_999_999_999n, 1n],
      [999_999_999_999_999_999n, 1n],
      [1_0000000n, 9_999_999n],
      [0n, MAX],
    ] as const) {
      await scripts.redis.flushall();
      await scripts.create("kettle", from);
      expect((await scripts.items.addStock("kettle", add, anyKey())).onHand).to.equal(from + add);
    }
    await scripts.redis.flushall();
    await scripts.create("kettle", 100_000_000_000_000n);
    await scripts.reservations.create({ id: "r", ttlMs: 60_000, lines: [["kettle", 1]] }, anyKey());
    await scripts.reservations.commit("r", "payments/p");
    expect(await scripts.level("kettle")).to.deep.equal([99_999_999_999_999n, 0n, 1n]);
  });

  it("end at the largest int64, sold pieces counted", async () => {
    const { items, reservations } = scripts;
    await scripts.create("kettle", MAX);
    expect(await reasonOf(items.addStock("kettle", 1n, anyKey()))).to.equal(ErrorReason.STOCK_OUT_OF_RANGE);
    await reservations.create({ id: "r", ttlMs: 60_000, lines: [["kettle", 5]] }, anyKey());
    await reservations.commit("r", "payments/p");
    expect(await reasonOf(items.addStock("kettle", 1n, anyKey()))).to.equal(ErrorReason.STOCK_OUT_OF_RANGE);
    expect(await reasonOf(items.syncStock("kettle", MAX - 4n, anyKey()))).to.equal(
      ErrorReason.STOCK_OUT_OF_RANGE,
    );
    expect((await items.syncStock("kettle", MAX - 5n, anyKey())).onHand).to.equal(MAX - 5n);
    await reservations.uncommit("r", "payments/p");
    expect(await scripts.level("kettle")).to.deep.equal([MAX, 0n, 0n]);
  });

  it("do not let a count fall below what is held", async () => {
    const { items, reservations } = scripts;
    await scripts.create("kettle", 5n);
    await reservations.create({ id: "r", ttlMs: 60_000, lines: [["kettle", 3]] }, anyKey());
    expect(await reasonOf(items.syncStock("kettle", 2n, anyKey()))).to.equal(ErrorReason.STOCK_OUT_OF_RANGE);
    expect((await items.syncStock("kettle", 3n, anyKey())).held).to.equal(3n);
  });

  it("make totals exact up to the largest amount, and refuse larger ones", async () => {
    const { reservations } = scripts;
    const units = MAX / 1000n;
    await scripts.create("dear", 1000n, { units: String(units), nanos: "990000000" });
    await scripts.create("cheap", 1000n, { units: "0", nanos: "10000000" });
    await scripts.create("rest", 1000n, { units: "1", nanos: "0" });
    const reserve = (id: string, ...lines: readonly (readonly [string, number])[]) =>
      reservations.create({ id, ttlMs: 60_000, lines }, anyKey());
    // 9223372036854775.99 * 999 + 0.01 * 999
    const most = await reserve("r1", ["dear", 999], ["cheap", 999]);
    const cents = (units * 100n + 99n) * 999n + 999n;
    expect(most.total).to.deep.equal({
      currencyCode: "EUR",
      units: cents / 100n,
      nanos: Number(cents % 100n) * 10_000_000,
    });
    await reservations.release("r1", "users/ada");
    expect(await reasonOf(reserve("r2", ["dear", 1000]))).to.equal(ErrorReason.TOTAL_OUT_OF_RANGE);
    expect(await scripts.level("dear")).to.deep.equal([1000n, 0n, 0n]);

    await scripts.create("all", 10n, { units: String(MAX), nanos: "0" });
    expect((await reserve("r3", ["all", 1])).total?.units).to.equal(MAX);
    expect(await reasonOf(reserve("r4", ["all", 1], ["rest", 1]))).to.equal(ErrorReason.TOTAL_OUT_OF_RANGE);
  });
});
