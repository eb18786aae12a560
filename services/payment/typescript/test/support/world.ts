import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { CardProviderService } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { AsyncDisposableStack, type Client, createClient, type LogLevel, type Money } from "@theseus/kit";
import { type RunningStore, startMongo } from "@theseus/runtime";
import {
  asAdministrator,
  asUser,
  type CallerOptions,
  createScratchFolder,
  identity,
  listening,
  type RunningProcess,
  startProcess,
} from "@theseus/testing";
import { type Db, MongoClient } from "mongodb";
import { type Inventory, startInventory } from "./inventory.js";
import { type Router, startRouter } from "./router.js";
import { startUsers } from "./users.js";

const MAIN = fileURLToPath(new URL("../../src/main.js", import.meta.url));
const PROVIDER_MAIN = fileURLToPath(
  new URL("../../../../../provider/typescript/dist/src/main.js", import.meta.url),
);

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
  /** Default: as little as possible, unless logs are kept. */
  readonly logLevel?: LogLevel;
}

export interface Service {
  readonly client: Client<typeof PaymentServiceService>;
  readonly address: string;
  readonly process: RunningProcess;
  /** Ends the process, by SIGKILL. */
  kill(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(createScratchFolder());
  const socket = (name: string) => `unix:${join(folder.path, `${name}.sock`)}`;
  const mongo = opened.use(await startMongo({ database: "payment" }));
  const mongoClient = opened.adopt(new MongoClient(mongo.url, { useBigInt64: true }), (each) => each.close());
  const ledger = join(folder.path, "ledger.jsonl");
  const providerProcess = opened.use(
    await startMain(PROVIDER_MAIN, { LISTEN: socket("provider"), LEDGER: ledger }),
  );
  const inventory = opened.use(await startInventory(socket("inventory")));
  const users = opened.use(await startUsers(socket("users")));
  const { address: providerAddress } = await listening(providerProcess);
  const router = opened.use(
    await startRouter(join(folder.path, "mesh.sock"), {
      "theseus.inventory.v1.InventoryService": inventory.address,
      "theseus.user.v1.UserService": users.address,
      "theseus.provider.v1.CardProvider": providerAddress,
    }),
  );
  const provider = opened.use(
    createClient(CardProviderService, { address: providerAddress, timeoutMs: 10_000 }),
  );
  const services = new Set<Service>();
  opened.defer(killServices);
  let started = 0;

  async function killServices(): Promise<void> {
    await Promise.all([...services].map((service) => service.kill()));
  }

  async function startService(options: ServiceOptions = {}): Promise<Service> {
    const { recoverAfterMs = 3_600_000, mongodbUrl = mongo.url, logLevel } = options;
    started += 1;
    const process = await startMain(MAIN, {
      LISTEN: socket(`payment-${started}`),
      MESH: router.address,
      MONGODB_URL: mongodbUrl,
      RECOVER_AFTER_MS: String(recoverAfterMs),
      TRUST_DOMAIN: identity.trustDomain,
      TOKEN_SUBJECT_PREFIX: identity.subjectPrefix,
      ADMIN_ROLE: identity.adminRole,
      ...(logLevel !== undefined && { LOG_LEVEL: logLevel }),
    });
    const { address } = await listening(process);
    const client = createClient(PaymentServiceService, { address, timeoutMs: 30_000 });
    const name = `payment-${started}`;
    const service: Service = {
      client,
      address,
      process,
      kill: async () => {
        services.delete(service);
        await process.stop("SIGKILL");
        keepLog(name, process);
        await client[Symbol.asyncDispose]();
      },
    };
    services.add(service);
    return service;
  }

  const all = opened.move();
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
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Where the processes' logs are kept, if anywhere. */
const { PAYMENT_TEST_LOGS: LOGS } = process.env;

function startMain(main: string, env: Readonly<Record<string, string>>): Promise<RunningProcess> {
  return startProcess([process.execPath, "--enable-source-maps", main], {
    env: { LOG_LEVEL: LOGS === undefined ? "fatal" : "info", ...env },
  });
}

function keepLog(name: string, running: RunningProcess): void {
  if (LOGS !== undefined) writeFileSync(join(LOGS, `${name}-${running.pid}.jsonl`), running.stdout());
}

/** A call of a user through the gateway. */
export function as(user: string): CallerOptions {
  return asUser(user, { workload: "gateway" });
}

export const anna = as("users/anna");
export const admin = asAdministrator("users/root", { workload: "gateway" });

export function euros(units: number, cents = 0): Money {
  return { currencyCode: "EUR", units: BigInt(units), nanos: cents * 10_000_000 };
}
