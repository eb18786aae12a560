import { randomUUID } from "node:crypto";
import { Client as Channel, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import { InventoryService as descriptor } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { createLogRecorder, createScratchFolder } from "@theseus/testing";
import {
  bind,
  type Client,
  createClient,
  createLog,
  type Handlers,
  type ServeOptions,
  serve,
} from "../src/index.js";

export type InventoryHandlers = Handlers<typeof definition>;

/** An inventory over a real socket whose methods are what a test says. */
export interface FakeInventory extends AsyncDisposable {
  readonly address: string;
  readonly client: Client<typeof definition>;
  /** The same server as bytes. */
  readonly channel: Channel;
  /** What was logged so far. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** Stops the server alone. */
  stop(): Promise<void>;
}

export async function startInventory(
  handlers: Partial<InventoryHandlers>,
  options: Partial<ServeOptions> = {},
): Promise<FakeInventory> {
  const folder = createScratchFolder();
  const { destination, records } = createLogRecorder();
  const log = createLog({ level: "info", name: "test", destination });
  const server = await serve({
    listen: `unix:${folder.path}/s`,
    services: [bind(definition, descriptor, allOf(handlers))],
    probe: async () => undefined,
    log,
    ...options,
  });
  const client = createClient(definition, { address: server.address, timeoutMs: 30_000 });
  const channel = new Channel(server.address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  return {
    address: server.address,
    client,
    channel,
    records,
    stop: async () => server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      channel.close();
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

function allOf(handlers: Partial<InventoryHandlers>): InventoryHandlers {
  const missing = () => Promise.reject(new Error("the test has no such handler"));
  const all = Object.keys(definition).map((name) => [name, missing]);
  return { ...Object.fromEntries(all), ...handlers };
}

/** Rows for ImportItems and SyncStock, all in order. */
export function row(itemId: string) {
  const unitPrice = { currencyCode: "EUR", units: 1n, nanos: 0 };
  return { itemId, item: item({ title: itemId, unitPrice }), onHand: 1n, requestId: randomUUID() };
}

export function count(itemName: string, onHand = 1n) {
  return { item: itemName, onHand, requestId: randomUUID() };
}

export function item(over: Partial<ReturnType<typeof emptyItem>> = {}) {
  return { ...emptyItem(), ...over };
}

function emptyItem() {
  return definition.getItem.responseDeserialize(Buffer.alloc(0));
}

export function level(itemName: string) {
  const empty = definition.watchStock.responseDeserialize(Buffer.alloc(0));
  return { ...empty, resumeToken: itemName };
}

/** A call in bytes: whatever a peer may send. */
export function rawCall(
  channel: Channel,
  path: string,
  headers = new Metadata(),
): ClientDuplexStream<Buffer, Buffer> {
  const identity = (bytes: Buffer): Buffer => bytes;
  return channel.makeBidiStreamRequest(path, identity, identity, headers, { deadline: Date.now() + 30_000 });
}

/** All messages of a stream. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

/** A stream of messages. */
export async function* from<T>(...values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
