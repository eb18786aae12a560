import { PaymentService } from "@theseus/contract/es/theseus/payment/v1/payment_service_pb.js";
import { PaymentServiceService } from "@theseus/contract/theseus/payment/v1/payment_service.js";
import { bind, type Clock, type Log, newId, type Running, serve } from "@theseus/kit";
import type { Config } from "./config.js";
import { createAsk } from "./drive/ask.js";
import { createBells } from "./drive/bells.js";
import { createDriver } from "./drive/driver.js";
import { createPeers } from "./drive/peers.js";
import { createRecover } from "./drive/recover.js";
import { startRecovery } from "./drive/recovery.js";
import { createStep } from "./drive/step.js";
import { createAdmission } from "./rpc/admission.js";
import { createPaymentService } from "./rpc/payment-service.js";
import { createMongoPaymentStore } from "./store/mongo-payment-store.js";

export interface Surroundings {
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export async function startPayment(config: Config, { log, clock, random }: Surroundings): Promise<Running> {
  const { recoverAfterMs } = config;
  const store = createMongoPaymentStore(config.mongodbUrl);
  const peers = createPeers(config.mesh);
  const bells = createBells();
  const step = createStep({ store, ask: createAsk(peers, store), clock, bells });
  const driver = createDriver(step, store);
  const context = { store, driver, admit: createAdmission(peers), bells, clock, newId, recoverAfterMs };
  const server = await serve({
    listen: config.listen,
    services: [bind(PaymentServiceService, PaymentService, createPaymentService(context))],
    probe: () => store.ping(),
    log,
    identity: config.identity,
  });
  const recover = createRecover({ store, driver, clock, log });
  const recovery = startRecovery({ store, recover, clock, log, random, recoverAfterMs });
  return {
    address: server.address,
    log,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([recovery[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
      await driver[Symbol.asyncDispose]();
      await Promise.all([store[Symbol.asyncDispose](), peers[Symbol.asyncDispose]()]);
    },
  };
}
