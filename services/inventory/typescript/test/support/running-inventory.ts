import { randomUUID } from "node:crypto";
import type { Duration } from "@theseus/contract/google/protobuf/duration.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { Item } from "@theseus/contract/theseus/inventory/v1/item.js";
import { Reservation } from "@theseus/contract/theseus/inventory/v1/reservation.js";
import { type Client, createClient, createLog, type RunningServer, StatusError } from "@theseus/kit";
import { startRedis } from "@theseus/runtime";
import {
  asAdministrator,
  asUser,
  asWorkload,
  type CallerOptions,
  createScratchFolder,
  identity,
  rejectionOf,
} from "@theseus/testing";
import type { Redis } from "ioredis";
import type { Config } from "../../src/config.js";
import { startInventory } from "../../src/start-inventory.js";
import { openRedis } from "./open-redis.js";

export type InventoryClient = Client<typeof InventoryServiceService>;

/** A real service on a real store, both of the test's own. */
export interface RunningInventory extends AsyncDisposable {
  readonly client: InventoryClient;
  readonly address: string;
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
  const folder = createScratchFolder();
  let store = await startRedis({ dir: folder.path });
  const redisUrl = store.url;
  const redis = openRedis(redisUrl);
  redis.on("error", () => undefined);
  const another = async () => {
    const server = await startInventory(configOf({ redisUrl }), { log: SILENT, random: Math.random });
    return Object.assign(server, { client: connect(server.address) });
  };
  const first = await another();
  return {
    client: first.client,
    address: first.address,
    redis,
    redisUrl,
    another,
    killStore: () => store.kill(),
    async restartStore() {
      store = await startRedis({ dir: folder.path });
    },
    async [Symbol.asyncDispose]() {
      await first.client[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      redis.disconnect();
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

interface ConfigParts extends Omit<Partial<Config>, "redisUrl"> {
  readonly redisUrl: string;
}

export function configOf({ redisUrl: value, ...parts }: ConfigParts): Config {
  const redisUrl = { value, reread: () => value };
  return {
    listen: "127.0.0.1:0",
    redisUrl,
    identity,
    standbyFile: undefined,
    logLevel: "silent",
    telemetry: undefined,
    ...parts,
  };
}

export const SILENT = createLog({ level: "silent", name: "inventory" });

export function connect(address: string): InventoryClient {
  return createClient(InventoryServiceService, { address, timeoutMs: 20_000 });
}

export const admin = asAdministrator();
export const ada = asUser("users/ada");
export const bob = asUser("users/bob");
export const payment = asWorkload("payment");

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
    await client.addStock({ name: created.name, quantity, requestId: randomUUID() }, admin);
  }
  return created.name;
}

export async function reserve(
  client: InventoryClient,
  lines: readonly (readonly [item: string, quantity: number])[],
  options: { readonly user?: CallerOptions; readonly seconds?: number } = {},
) {
  const { user = ada, seconds = 600 } = options;
  return client.createReservation(reservationOf(lines, { seconds: BigInt(seconds), nanos: 0 }), user);
}

/** A request for a reservation, with a request id of its own; without a ttl it says none. */
export function reservationOf(lines: readonly (readonly [item: string, quantity: number])[], ttl?: Duration) {
  const reservation = Reservation.fromPartial({
    lines: lines.map(([item, quantity]) => ({ item, quantity })),
    ...(ttl && { ttl }),
  });
  return { reservation, requestId: randomUUID() };
}

/** The status with which something is refused. */
export function refusal(promise: Promise<unknown>): Promise<StatusError> {
  return rejectionOf(promise, StatusError);
}
