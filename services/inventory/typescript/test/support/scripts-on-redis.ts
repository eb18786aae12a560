import { randomUUID } from "node:crypto";
import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { quotasOf } from "@theseus/kit";
import { startRedis } from "@theseus/runtime";
import type { RequestKey } from "../../src/rules/request-key.js";
import { createItemStore } from "../../src/store/item-store.js";
import { createLevelStore } from "../../src/store/level-store.js";
import { createReservationStore } from "../../src/store/reservation-store.js";
import { createScriptRunner, loadScripts } from "../../src/store/scripts.js";
import { openRedis } from "./open-redis.js";

export type Scripts = Awaited<ReturnType<typeof startScripts>>;

/** The scripts on a Redis of the test's own, without a service and its sweeper around them. */
export async function startScripts() {
  const store = await startRedis();
  const redis = openRedis(store.url);
  const run = createScriptRunner(() => redis, loadScripts());
  const items = createItemStore(run);
  return {
    redis,
    run,
    items,
    reservations: createReservationStore(run, quotasOf(InventoryService.method.createReservation)),
    levels: createLevelStore(run),

    async create(id: string, onHand: bigint, price: { units?: string; nanos?: string } = {}): Promise<void> {
      const { units = "2", nanos = "500000000" } = price;
      const fields = { title: id, description: "", currency: "EUR", units, nanos, state: "ACTIVE" };
      await items.create({ id, fields, onHand: String(onHand) }, anyKey());
    },

    /** `[on_hand, held, sold]` */
    async level(id: string): Promise<readonly bigint[]> {
      const fields = await redis.hmget(`inventory:item:${id}`, "on_hand", "held", "sold");
      return fields.map((field) => BigInt(field ?? -1));
    },

    /** Makes a reservation overdue; nobody has swept it yet. */
    async overdue(id: string): Promise<void> {
      await redis.hset(`inventory:reservation:${id}`, "expire_time", "1000");
      await redis.zadd("inventory:expiry", 1000, id);
    },

    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await store[Symbol.asyncDispose]();
    },
  };
}

export function anyKey(scope = "users/ada"): RequestKey {
  return { scope, requestId: randomUUID(), fingerprint: randomUUID() };
}
