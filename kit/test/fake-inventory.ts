import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as Channel, type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import { InventoryService as descriptor } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService as definition } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import {
  bind,
  type Client,
  createClient,
  createLog,
  type Handlers,
  type ServeOptions,
  StatusError,
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
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Stops the server alone. */
  stop(): Promise<void>;
}

export async function startInventory(
  handlers: Partial<InventoryHandlers>,
  options: Partial<ServeOptions> = {},
): Promise<FakeInventory> {
  const folder = await mkdtemp(join(tmpdir(), "kit-"));
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: "info",
    name: "test",
    destination: { write: (line) => lines.push(JSON.parse(line)) },
  });
  const server = await serve({
    listen: `unix:${folder}/s`,
    services: [bind(definition, descriptor, allOf(handlers))],
    probe: async () => undefined,
    log,
    ...options,
  });
  const client = createClient(definition, { address: server.address, timeoutMs: 5000 });
  const channel = new Channel(server.address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  return {
    address: server.address,
    client,
    channel,
    lines,
    stop: async () => server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: async () => {
      channel.close();
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function allOf(handlers: Partial<InventoryHandlers>): InventoryHandlers {
  const missing = () => Promise.reject(new Error("the test has no such handler"));
  const all = Object.keys(definition).map((name) => [name, missing]);
  return { ...Object.fromEntries(all), ...handlers };
}

/** Headers as the sidecar sets them. */
export function headersOf(who: {
  caller?: string;
  user?: string;
  roles?: string[];
  requestId?: string;
}): Metadata {
  const headers = new Metadata();
  if (who.caller) headers.set("x-forwarded-client-cert", xfcc(who.caller));
  if (who.requestId) headers.set("x-request-id", who.requestId);
  if (who.user) {
    const claims = { sub: who.user, roles: who.roles ?? ["customer"], sid: "s1" };
    headers.set("x-theseus-claims", Buffer.from(JSON.stringify(claims)).toString("base64url"));
  }
  return headers;
}

function xfcc(workload: string): string {
  const id = (name: string) => `spiffe://theseus.local/ns/shop/sa/${name}`;
  return `By=${id("inventory")};Hash=0a;Subject="CN=x";URI=${id(workload)}`;
}

export const admin = () => headersOf({ user: "users/root", roles: ["customer", "admin"] });

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
  return channel.makeBidiStreamRequest(path, identity, identity, headers, { deadline: Date.now() + 5000 });
}

/** Polls until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${String(value)}`);
    },
    (error: unknown) => error,
  );
}

/** What a call is refused with. */
export async function refusalOf(promise: Promise<unknown>): Promise<StatusError> {
  const error = await failureOf(promise);
  if (error instanceof StatusError) return error;
  throw error;
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
