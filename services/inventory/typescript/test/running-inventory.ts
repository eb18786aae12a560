import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "@grpc/grpc-js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import { type Client, createClient, type RunningServer, StatusError } from "@theseus/kit";
import { startRedis } from "@theseus/runtime";
import { Redis } from "ioredis";
import { startInventory } from "../src/start-inventory.js";

export type InventoryClient = Client<typeof InventoryServiceService>;

/** A real service on a real store, both of the test's own. */
export interface RunningInventory extends AsyncDisposable {
  readonly client: InventoryClient;
  /** The store as an operator sees it. */
  readonly redis: Redis;
  readonly redisUrl: string;
  /** kill -9 of the store. */
  killStore(): Promise<void>;
  /** The store again, with what it had. */
  restartStore(): Promise<void>;
  /** Another instance of the service on the same store. */
  another(): Promise<RunningServer & { readonly client: InventoryClient }>;
}

export async function startInventoryWithStore(): Promise<RunningInventory> {
  const dir = mkdtempSync(join(tmpdir(), "inventory-test-"));
  let store = await startRedis({ dir });
  const redisUrl = store.url;
  const redis = new Redis(new URL(redisUrl).pathname);
  redis.on("error", () => undefined);
  const another = async () => {
    const server = await startInventory({ listen: "127.0.0.1:0", redisUrl, logLevel: "silent" });
    return Object.assign(server, { client: connect(server.address) });
  };
  const first = await another();
  return {
    client: first.client,
    redis,
    redisUrl,
    another,
    killStore: () => store.kill(),
    async restartStore() {
      store = await startRedis({ dir });
    },
    async [Symbol.asyncDispose]() {
      await first.client[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      redis.disconnect();
      await store[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function connect(address: string): InventoryClient {
  return createClient(InventoryServiceService, { address, timeoutMs: 20_000 });
}

/** Headers that a sidecar sets for a call of an end user. */
export function as(user: string, ...roles: readonly string[]): { readonly metadata: Metadata } {
  const claims = JSON.stringify({ sub: `users/${user}`, roles, sid: "s1" });
  const metadata = new Metadata();
  metadata.set("x-theseus-claims", Buffer.from(claims).toString("base64url"));
  return { metadata };
}

/** Headers that a sidecar sets for a call of a workload. */
export function workload(name: string, user = new Metadata()): { readonly metadata: Metadata } {
  const metadata = user.clone();
  metadata.set("x-forwarded-client-cert", `Hash=ab;URI=spiffe://theseus.local/ns/shop/sa/${name}`);
  return { metadata };
}

export const admin = as("admin", "customer", "admin");
export const ada = as("ada", "customer");
export const bob = as("bob", "customer");
export const payment = workload("payment");

let items = 0;

/** An id that no other test uses. */
export function newItemId(): string {
  return `item-${String(items++).padStart(4, "0")}`;
}

export function euros(units: bigint, nanos = 0) {
  return { currencyCode: "EUR", units, nanos };
}

export function draft(fields: Parameters<typeof Item.fromPartial>[0] = {}): Item {
  return Item.fromPartial({ title: "Kettle", unitPrice: euros(12n, 500_000_000), ...fields });
}

/** A new item with some stock; gives its name. */
export async function stocked(
  client: InventoryClient,
  quantity: bigint,
  fields: Parameters<typeof Item.fromPartial>[0] = {},
): Promise<string> {
  const created = await client.createItem(
    { itemId: newItemId(), item: draft(fields), requestId: randomUUID() },
    admin,
  );
  if (quantity > 0n) {
    await client.addStock({ item: created.name, quantity, requestId: randomUUID() }, admin);
  }
  return created.name;
}

export async function reserve(
  client: InventoryClient,
  lines: readonly (readonly [item: string, quantity: number])[],
  options: { readonly user?: { readonly metadata: Metadata }; readonly seconds?: number } = {},
) {
  const { user = ada, seconds = 600 } = options;
  return client.reserveStock(
    {
      lines: lines.map(([item, quantity]) => ({ item, quantity })),
      holdDuration: { seconds: BigInt(seconds), nanos: 0 },
      requestId: randomUUID(),
    },
    user,
  );
}

/** The status with which something is refused. */
export async function refusal(promise: Promise<unknown>): Promise<StatusError> {
  const outcome = await promise.then(
    () => new Error("it was not refused"),
    (error: unknown) => error,
  );
  if (outcome instanceof StatusError) return outcome;
  throw outcome;
}

/** Waits until a condition holds; the suite's timeout is the limit. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}
