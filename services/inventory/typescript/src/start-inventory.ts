import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import {
  AsyncDisposableStack,
  bind,
  type Log,
  newId,
  quotasOf,
  type RunningServer,
  serve,
} from "@theseus/kit";
import type { Config } from "./config.js";
import { createInventoryService } from "./rpc/inventory-service.js";
import { createItemStore } from "./store/item-store.js";
import { createLevelStore, waitForChange } from "./store/level-store.js";
import {
  connectForBlocking,
  connectForCommands,
  createProbe,
  firstAttempt,
} from "./store/redis-connection.js";
import { createReservationStore } from "./store/reservation-store.js";
import { createScriptRunner, loadScripts } from "./store/scripts.js";
import { startSweeper } from "./sweeper.js";
import { startLevelFeed } from "./watch/level-feed.js";

export interface Surroundings {
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The whole service on its own socket and connections; disposing gives all of them back. */
export async function startInventory(config: Config, { log, random }: Surroundings): Promise<RunningServer> {
  await using opened = new AsyncDisposableStack();
  const commands = opened.adopt(connectForCommands(config.redisUrl), (redis) => redis.disconnect());
  const probe = createProbe(commands);
  const runScript = createScriptRunner(commands, loadScripts());
  const items = createItemStore(runScript);
  const reservations = createReservationStore(runScript, quotasOf(InventoryService.method.createReservation));
  const levels = createLevelStore(runScript);
  opened.use(startSweeper({ sweep: reservations.sweep, log, random }));
  const blocking = connectForBlocking(config.redisUrl);
  const feed = opened.use(startLevelFeed({ levels, waitForChange: waitForChange(blocking), log }));
  // The feed may be waiting for an answer on this connection: closing it ends the wait.
  opened.defer(() => blocking.disconnect());
  await firstAttempt(commands);
  const context = { items, reservations, levels, feed, newId };
  const server = opened.use(
    await serve({
      listen: config.listen,
      services: [bind(InventoryServiceService, InventoryService, createInventoryService(context))],
      probe,
      log,
      identity: config.identity,
    }),
  );
  const running = opened.move();
  return { address: server.address, log, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
