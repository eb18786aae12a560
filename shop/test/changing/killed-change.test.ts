import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { HistoryEntry } from "@theseus/runtime/control";
import { expect } from "chai";
import { HttpClient } from "../system/http-client.js";
import { Shop, theseusBin } from "../system/shop.js";

describe("a supervisor that is killed in the middle of a change", () => {
  let shop: Shop;
  before(async function () {
    this.timeout(120_000);
    shop = await new Shop().start();
  });
  after(() => shop[Symbol.asyncDispose]());

  const stages: readonly (readonly [when: string, line: RegExp, undone: boolean])[] = [
    ["while the new instance starts", /starting, in standby/, true],
    ["when the new instance has no calls yet", /healthy through the mesh/, true],
    ["when the new instance has the calls", /active; .*: no new calls/, false],
  ];
  for (const [when, line, isUndone] of stages)
    it(`${when}: the shop serves, and the next start ${isUndone ? "undoes" : "finishes"} it`, async function () {
      this.timeout(120_000);
      const [old] = await inventories();
      const told = await killAt(line);
      expect(told)
        .to.contain("The supervisor ended before the change did")
        .and.contain("theseus start takes over");
      const http = new HttpClient(shop.edge);
      expect((await http.get("/v1/items")).status).to.equal(200);
      await shop.start();
      expect((await http.get("/v1/items")).status).to.equal(200);
      const now = await inventories();
      expect(now).to.have.length(1);
      expect(now[0] === old).to.equal(isUndone);
      const end = isUndone ? "undone" : "finished";
      expect(shop.console.join("\n")).to.contain(
        `restart inventory was under way when the supervisor was killed: it is ${end}`,
      );
      const history = JSON.parse((await shop.theseus("history", "--json")).stdout) as HistoryEntry[];
      expect(history.at(-1)?.undone).to.equal(isUndone ? "the supervisor was killed" : undefined);
      shop.console.length = 0;
    });

  /** Names of the instances, also of those that have no calls. */
  async function inventories(): Promise<readonly string[]> {
    const { instances } = await shop.status();
    return instances
      .filter(({ workload, kind }) => workload === "inventory" && kind === "application")
      .map(({ instance }) => instance);
  }

  /** Begins a change, kills the supervisor as soon as it tells this, and gives what the command said then. */
  async function killAt(line: RegExp): Promise<string> {
    const command = spawn(process.execPath, [theseusBin, "restart", "inventory"], {
      env: shop.environment(),
    });
    const ended = once(command, "exit");
    let told = "";
    command.stderr.on("data", (chunk: Buffer) => {
      told += chunk.toString();
    });
    for await (const text of createInterface({ input: command.stdout }))
      if (line.test(text)) process.kill(shop.pid, "SIGKILL");
    await ended;
    return told;
  }
});
