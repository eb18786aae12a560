import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Metadata } from "@grpc/grpc-js";
import { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { type CallOptions, type Client, createClient, type Money } from "@theseus/kit";
import { type Child, launch, type RunningStore, startMongo } from "@theseus/runtime";
import { type Db, MongoClient } from "mongodb";
import { type Inventory, startInventory } from "./inventory.js";
import { type Router, startRouter } from "./router.js";
import { createStack } from "./stack.js";
import { startUsers } from "./users.js";

const OWN_FOLDER = fileURLToPath(new URL("../../../", import.meta.url));
const PROVIDER_MAIN = fileURLToPath(new URL("../../../../../provider/dist/src/main.js", import.meta.url));

/** All that surrounds the service: the real store and the real provider, and honest stand-ins for its neighbours. */
export interface World extends AsyncDisposable {
  readonly mongo: RunningStore;
  readonly db: Db;
  readonly provider: Client<typeof CardProviderService>;
  readonly inventory: Inventory;
  readonly router: Router;
  /** Starts the service as its own process. */
  startService(options?: ServiceOptions): Promise<Service>;
  /** Kills every service that still runs, and heals the network. */
  reset(): Promise<void>;
}

export interface ServiceOptions {
  /** Default: never within a test. */
  readonly recoverAfterMs?: number;
  /** Default: the world's own store. */
  readonly mongodbUrl?: string;
}

export interface Service {
  readonly client: Client<typeof PaymentServiceService>;
  readonly child: Child;
  /** Ends the process, by SIGKILL. */
  kill(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "pay-"));
  const socket = (name: string) => `unix:${join(folder, `${name}.sock`)}`;
  const stack = createStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const mongo = stack.use(await startMongo({ database: "payment" }));
  const mongoClient = new MongoClient(mongo.url, { useBigInt64: true });
  stack.defer(() => mongoClient.close());
  const providerProcess = await startProcess("provider", PROVIDER_MAIN, {
    LISTEN: socket("provider"),
    LEDGER: join(folder, "ledger.jsonl"),
  });
  stack.defer(() => providerProcess.stop());
  const inventory = stack.use(await startInventory(socket("inventory")));
  const users = stack.use(await startUsers(socket("users")));
  const router = stack.use(
    await startRouter(join(folder, "mesh.sock"), {
      "theseus.inventory.v1.InventoryService": inventory.address,
      "theseus.user.v1.UserService": users.address,
      "theseus.provider.v1.CardProvider": providerProcess.address,
    }),
  );
  const provider = stack.use(
    createClient(CardProviderService, { address: providerProcess.address, timeoutMs: 10_000 }),
  );
  const services = new Set<Service>();
  stack.defer(killServices);
  let started = 0;

  async function killServices(): Promise<void> {
    await Promise.all([...services].map((service) => service.kill()));
  }

  async function startService(options: ServiceOptions = {}): Promise<Service> {
    const { recoverAfterMs = 3_600_000, mongodbUrl = mongo.url } = options;
    started += 1;
    const child = await startProcess("payment", join(OWN_FOLDER, "dist/src/main.js"), {
      LISTEN: socket(`payment-${started}`),
      MESH: router.address,
      MONGODB_URL: mongodbUrl,
      RECOVER_AFTER_MS: String(recoverAfterMs),
    });
    const client = createClient(PaymentServiceService, { address: child.address, timeoutMs: 30_000 });
    const service: Service = {
      client,
      child,
      kill: async () => {
        services.delete(service);
        await child.kill();
        await client[Symbol.asyncDispose]();
      },
    };
    services.add(service);
    return service;
  }

  return {
    mongo,
    db: mongoClient.db(),
    provider,
    inventory,
    router,
    startService,
    reset: async () => {
      router.intercept(() => "pass");
      await killServices();
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function startProcess(name: string, main: string, env: Readonly<Record<string, string>>): Promise<Child> {
  const { PAYMENT_TEST_LOGS: logs } = process.env;
  return launch({
    name,
    command: [process.execPath, "--enable-source-maps", main],
    cwd: OWN_FOLDER,
    env: { LOG_LEVEL: logs === undefined ? "fatal" : "info", ...env },
    readyWhen: { line: addressIn },
    readyWithinMs: 30_000,
    stopWithinMs: 12_000,
    ...(logs !== undefined && { logFile: join(logs, `${name}.jsonl`) }),
  });
}

function addressIn(line: string): { readonly address: string } | undefined {
  if (!line.startsWith('{"event":"listening"')) return undefined;
  const { address }: { readonly address?: unknown } = JSON.parse(line);
  return typeof address === "string" ? { address } : undefined;
}

/** Call options of a user, as the sidecar hands them over. */
export function as(user: string, ...roles: readonly string[]): CallOptions {
  const metadata = new Metadata();
  const claims = { sub: user, roles: ["customer", ...roles], sid: "s1" };
  metadata.set("x-theseus-claims", Buffer.from(JSON.stringify(claims)).toString("base64url"));
  metadata.set("x-forwarded-client-cert", "URI=spiffe://theseus.local/ns/shop/sa/gateway");
  return { metadata };
}

export const anna = as("users/anna");
export const admin = as("users/root", "admin");

export function euros(units: number, cents = 0): Money {
  return { currencyCode: "EUR", units: BigInt(units), nanos: cents * 10_000_000 };
}
