import { createLog, systemClock } from "@theseus/kit";
import { eventually, identity, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { startPayment } from "../src/start-payment.js";
import { startWorld } from "./support/world.js";

describe("the start of PaymentService", () => {
  it("leaves no connection open when it fails", async () => {
    await using world = await startWorld();
    const log = createLog({ level: "silent", name: "payment" });
    const config = {
      listen: world.inventory.address,
      mesh: world.router.address,
      mongodbUrl: { value: world.mongo.url, reread: () => world.mongo.url },
      recoverAfterMs: 0,
      identity,
      standbyFile: undefined,
      logLevel: "silent",
      telemetry: undefined,
    } as const;
    const before = openSockets();
    const taken = startPayment(config, { log, clock: systemClock, random: Math.random });
    expect((await rejectionOf(taken)).message).to.include("LISTEN");
    await eventually("its connections are closed", openSockets, { until: (open) => open <= before });
  });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((each) => /^(TCP|Pipe)(Socket)?Wrap$/.test(each)).length;
}
