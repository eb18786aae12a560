import { eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { startInventory } from "../src/start-inventory.js";
import { configOf, SILENT, startInventoryWithStore } from "./support/running-inventory.js";

describe("the start of InventoryService", () => {
  it("leaves no connection open when it fails", async () => {
    await using shop = await startInventoryWithStore();
    const before = openSockets();
    const taken = startInventory(configOf({ redisUrl: shop.redisUrl, listen: shop.address }), {
      log: SILENT,
      random: Math.random,
    });
    expect((await rejectionOf(taken)).message).to.include("LISTEN");
    await eventually("its connections are closed", openSockets, { until: (open) => open <= before });
  });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((each) => /^(TCP|Pipe)(Socket)?Wrap$/.test(each)).length;
}
