import { PaymentService } from "@theseus/contract/es/theseus/payment/v1/payment_service_pb.js";
import { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import {
  AsyncDisposableStack,
  bind,
  type Clock,
  createStandbyFile,
  createTurns,
  type Log,
  latestOf,
  newId,
  noTelemetry,
  type RunningServer,
  serve,
  type Telemetry,
} from "@theseus/kit";
import type { Config } from "./config.js";
import { createAsk } from "./drive/ask.js";
import { createChangeNotifier } from "./drive/change-notifier.js";
import { createDriver } from "./drive/driver.js";
import { createPeers } from "./drive/peers.js";
import { createRecover } from "./drive/recover.js";
import { startRecovery } from "./drive/recovery.js";
import { createStep } from "./drive/step.js";
import { createAdmission } from "./rpc/create/admission.js";
import { createOpenPayments, openPaymentsQuota } from "./rpc/create/open-payments.js";
import { createLogFeeds } from "./rpc/log-feeds.js";
import { createPaymentService } from "./rpc/payment-service.js";
import { createMongoPaymentStore } from "./store/mongo-payment-store.js";

export interface Surroundings {
  readonly log: Log;
  /** Who is told of calls; nobody when absent. */
  readonly telemetry?: Telemetry;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The whole service on its own socket and connections; disposing gives all of them back. */
export async function startPayment(
  config: Config,
  { log, telemetry = noTelemetry, clock, random }: Surroundings,
): Promise<RunningServer> {
  const { recoverAfterMs } = config;
  await using opened = new AsyncDisposableStack();
  // The last to end: what the others do until then is told too.
  opened.use(telemetry);
  const quota = openPaymentsQuota();
  const standby = createStandbyFile(config.standbyFile, log);
  const access = { url: config.mongodbUrl.value, writes: !standby.isThere };
  const store = opened.use(createMongoPaymentStore(access, Number(quota.limit)));
  const peers = opened.use(createPeers(config.mesh, telemetry));
  const changes = createChangeNotifier();
  const ask = createAsk(peers, store);
  const step = createStep({ store, ask, clock, changes });
  const driver = opened.use(createDriver(step, store));
  const admit = createAdmission(peers);
  const openPayments = createOpenPayments({ store, clock, quota, recoverAfterMs });
  const turns = createTurns();
  const context = {
    store,
    driver,
    ask,
    peers,
    admit,
    openPayments,
    changes,
    logFeeds: createLogFeeds({ store, changes }),
    turns,
    clock,
    newId,
    recoverAfterMs,
  };
  const recover = createRecover({ store, driver, clock, log });
  const server = opened.use(
    await serve({
      listen: config.listen,
      services: [bind(PaymentServiceService, PaymentService, createPaymentService(context))],
      probe: () => store.ping(),
      log,
      telemetry,
      identity: config.identity,
      work: {
        standby,
        start: () => startRecovery({ store, recover, clock, log, random, recoverAfterMs }),
        async change({ active }) {
          await driver.rest();
          await store.reopen({ url: latestOf(config.mongodbUrl, log), writes: active });
        },
      },
    }),
  );
  const running = opened.move();
  return { address: server.address, log, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
