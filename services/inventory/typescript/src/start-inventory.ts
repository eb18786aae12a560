import { InventoryService } from "@theseus/contract/es/theseus/inventory/v1/inventory_service_pb.js";
import { InventoryServiceService } from "@theseus/contract/theseus/inventory/v1/inventory_service.js";
import { bind, createLog, newId, type RunningServer, serve } from "@theseus/kit";
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

/** The whole service on its own sockets and connections; disposing gives all of them back. */
export async function startInventory(config: Config): Promise<RunningServer> {
  const log = createLog({ level: config.logLevel, name: "inventory" });
  const commands = connectForCommands(config.redisUrl);
  const probe = createProbe(commands);
  const blocking = connectForBlocking(config.redisUrl);
  const runScript = createScriptRunner(commands, loadScripts());
  const items = createItemStore(runScript);
  const reservations = createReservationStore(runScript);
  const levels = createLevelStore(runScript);
  const sweeper = startSweeper({ sweep: reservations.sweep, log, random: Math.random });
  const feed = startLevelFeed({ levels, waitForChange: waitForChange(blocking), log });
  const context = { items, reservations, levels, feed, newId };

  async function release(): Promise<void> {
    blocking.disconnect();
    await Promise.all([sweeper[Symbol.asyncDispose](), feed[Symbol.asyncDispose]()]);
    commands.disconnect();
  }

  try {
    await firstAttempt(commands);
    const server = await serve({
      listen: config.listen,
      services: [bind(InventoryServiceService, InventoryService, createInventoryService(context))],
      probe,
      log,
      identity: config.identity,
    });
    return {
      address: server.address,
      log,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
