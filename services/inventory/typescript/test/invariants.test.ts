import { randomInt } from "node:crypto";
import { StatusError } from "@theseus/kit";
import { expect } from "chai";
import type { Redis } from "ioredis";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const ITEMS = ["a", "b", "c"];
const PAYMENTS = ["payments/p", "payments/q"];
const STEPS = 400;

/** Mulberry32: the same walk for the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe("stock, whatever happens to it", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());

  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));

  it(`adds up after each of ${STEPS} steps (SEED=${seed})`, async () => {
    const below = seeded(seed);
    const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
    const made: string[] = ["ghost"];
    const supplied = new Map<string, bigint>();
    for (const item of ITEMS) {
      await scripts.create(item, 20n);
      supplied.set(item, 20n);
    }
    for (let step = 0; step < STEPS; step++) {
      await act(step).catch((error: unknown) => {
        if (!(error instanceof StatusError)) throw error;
      });
      await assertAddsUp(scripts.redis, supplied);
    }

    async function act(step: number): Promise<void> {
      const { items, reservations } = scripts;
      const item = pick(ITEMS);
      const reservation = pick(made.slice(-12));
      switch (below(9)) {
        case 0: {
          const quantity = BigInt(below(5) + 1);
          await items.addStock(item, quantity, anyKey());
          supplied.set(item, (supplied.get(item) ?? 0n) + quantity);
          return;
        }
        case 1: {
          const counted = BigInt(below(30));
          const [, , sold = 0n] = await scripts.level(item);
          await items.syncStock(item, counted, anyKey());
          supplied.set(item, counted + sold);
          return;
        }
        case 2:
        case 3:
        case 4: {
          const id = `r${step}`;
          const lines = ITEMS.filter(() => below(2) === 0).map((each) => [each, below(6) + 1] as const);
          if (lines.length === 0) return;
          await reservations.create({ id, ttlMs: 60_000, lines }, anyKey());
          made.push(id);
          return;
        }
        case 5:
          return void (await reservations.commit(reservation, pick(PAYMENTS)));
        case 6:
          return void (await reservations.uncommit(reservation, pick(PAYMENTS)));
        case 7:
          return void (await reservations.release(reservation, "users/ada"));
        default:
          if (reservation !== "ghost") await scripts.overdue(reservation);
          if (below(2) === 0) await reservations.sweep();
      }
    }
  });
});

/** What is promised: what reservations hold is held, and nothing comes or goes but by supply. */
async function assertAddsUp(redis: Redis, supplied: ReadonlyMap<string, bigint>): Promise<void> {
  const held = new Map<string, bigint>();
  const sold = new Map<string, bigint>();
  const keys = await redis.keys("inventory:reservation:*");
  for (const { state = "", lines = "" } of await Promise.all(keys.map((key) => redis.hgetall(key)))) {
    const sums = state === "HELD" ? held : state === "COMMITTED" ? sold : undefined;
    for (const [item = "", quantity = ""] of lines.split("\n").map((line) => line.split(" "))) {
      sums?.set(item, (sums.get(item) ?? 0n) + BigInt(quantity));
    }
  }
  for (const [item, all] of supplied) {
    const level = await redis.hgetall(`inventory:item:${item}`);
    const onHand = BigInt(level.on_hand ?? -1);
    expect(BigInt(level.held ?? -1), `held of ${item}`).to.equal(held.get(item) ?? 0n);
    expect(BigInt(level.sold ?? -1), `sold of ${item}`).to.equal(sold.get(item) ?? 0n);
    expect(onHand + BigInt(level.sold ?? -1), `on hand and sold of ${item}`).to.equal(all);
    expect(onHand >= (held.get(item) ?? 0n), `${item} is promised once`).to.equal(true);
  }
}
