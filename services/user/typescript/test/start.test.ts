import { createLog, systemClock } from "@theseus/kit";
import { eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { PASSWORD_COST } from "../src/passwords/password-hash.js";
import { startUser } from "../src/start-user.js";
import { CHEAP, configOf, runUser } from "./support/running-user.js";

describe("the start of UserService", () => {
  for (const [passwordCost, level] of [
    [CHEAP, "warn"],
    [PASSWORD_COST.default - 1, "warn"],
    [PASSWORD_COST.default, "info"],
  ] as const) {
    it(`says once that new passwords are hashed at cost ${passwordCost}, as ${level}`, async () => {
      await using user = await runUser({ passwordCost });
      await user.isServing();
      const lines = user
        .log()
        .split("\n")
        .filter((line) => line.includes('"password-cost"'));
      expect(lines).to.have.length(1);
      expect(JSON.parse(lines[0] ?? "")).to.include({ level, cost: passwordCost });
    });
  }

  it("leaves no connection open when it fails", async () => {
    await using user = await runUser();
    const before = openSockets();
    const log = createLog({ level: "silent", name: "user" });
    const taken = startUser(configOf({ listen: user.address }), { log, clock: systemClock });
    expect((await rejectionOf(taken)).message).to.include("LISTEN");
    await eventually("its connections are closed", openSockets, { until: (open) => open <= before });
  });
});

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((each) => /^(TCP|Pipe)(Socket)?Wrap$/.test(each)).length;
}
