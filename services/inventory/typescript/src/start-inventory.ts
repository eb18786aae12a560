import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import {
  AsyncDisposableStack,
  bind,
  createStandbyFile,
  type Log,
  latestOf,
  newId,
  noTelemetry,
  quotasOf,
  type RunningServer,
  serve,
  type Telemetry,
} from "@theseus/kit";
import type { Config } from "./config.js";
import { createInventoryService } from "./rpc/inventory-service.js";
import { createItemStore } from "./store/item-store.js";
import { createLevelStore, waitForChange } from "./store/level-store.js";
import { openConnections } from "./store/redis-connections.js";
import { createReservationStore } from "./store/reservation-store.js";
import { createScriptRunner, loadScripts } from "./store/scripts.js";
import { startSweeper } from "./sweeper.js";
import { startLevelFeed } from "./watch/level-feed.js";

export interface Surroundings {
  readonly log: Log;
  /** Who is told of calls; nobody when absent. */
  readonly telemetry?: Telemetry;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The whole service on its own socket and connections; disposing gives all of them back. */
export async function startInventory(
  config: Config,
  { log, telemetry = noTelemetry, random }: Surroundings,
): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  // The last to end: what the others do until then is told too.
  opened.use(telemetry);
  const standby = createStandbyFile(config.standbyFile, log);
  const redis = opened.use(openConnections(config.redisUrl.value));
  const runScript = createScriptRunner(redis.commands, loadScripts());
  const items = createItemStore(runScript);
  const reservations = createReservationStore(runScript, quotasOf(InventoryService.method.createReservation));
  const levels = createLevelStore(runScript);
  const feed = opened.use(startLevelFeed({ levels, waitForChange: waitForChange(redis.blocking), log }));
  // The feed may be waiting for an answer on this connection: closing it ends the wait.
  opened.defer(() => redis.blocking().disconnect());
  await redis.firstAttempt();
  const context = { items, reservations, levels, feed, newId };
  const server = opened.use(
    await serve({
      listen: config.listen,
      services: [bind(InventoryServiceService, InventoryService, createInventoryService(context))],
      probe: redis.probe,
      log,
      telemetry,
      identity: config.identity,
      work: {
        standby,
        start: () => startSweeper({ sweep: reservations.sweep, log, random }),
        change: () => redis.reopen(latestOf(config.redisUrl, log)),
      },
    }),
  );
  const running = opened.move();
  return { address: server.address, log, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
