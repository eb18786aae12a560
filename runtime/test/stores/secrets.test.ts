import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rejectionOf, whatOthersCanUse } from "@theseus/testing";
import { expect } from "chai";
import { type FleetStores, startFleetStores } from "./fleet-stores.js";
import { mongo } from "./mongo-command.js";
import { redis } from "./redis-command.js";

describe("the passwords of a system's stores", function () {
  this.timeout(120_000);
  const workloads = ["ship", "chart", "log"];
  let stores: FleetStores;
  before(async () => {
    stores = await startFleetStores();
  });
  after(() => stores[Symbol.asyncDispose]());

  it("are in no command line and no log", async () => {
    const shown = [...readLogs(stores.home.logs), ...stores.told];
    for (const workload of workloads) {
      const pid = String(stores.pidOf(workload));
      shown.push(spawnSync("ps", ["-o", "args=", "-p", pid], { encoding: "utf8" }).stdout);
    }
    expect(shown.join("\n"))
      .to.match(/secantusd|mongod/)
      .and.match(/(valkey|redis)-server/);
    for (const workload of workloads) {
      const { service, supervisor } = await stores.usersOf(workload);
      for (const { password } of [service, supervisor]) expect(shown.join("\n")).not.to.contain(password);
    }
  });

  it("are, as the data is, in files and sockets of one account alone", async () => {
    expect(await redis(stores.urlOf("ship"), "SET", "ship:argo", "afloat")).to.equal("+OK");
    expect(await mongo(stores.urlOf("chart"), { insert: "charts", documents: [{ _id: 1 }] })).to.equal("ok");
    for (const folder of [stores.home.path, stores.run]) {
      expect(whatOthersCanUse(folder)).to.deep.equal([]);
    }
  });

  it("stay from one start to the next, and are made anew when their file is gone; the data stays", async () => {
    const insert = { insert: "charts", documents: [{ _id: "aegean" }] };
    expect(await redis(stores.urlOf("ship"), "SET", "ship:argo", "afloat")).to.equal("+OK");
    for (const workload of ["chart", "log"]) {
      expect(await mongo(stores.urlOf(workload), insert)).to.equal("ok");
    }
    const before = await Promise.all(workloads.map(stores.usersOf));
    await stores.stop();
    for (const workload of ["ship", "log"]) rmSync(fileOf(workload));
    await stores.start();
    const after = await Promise.all(workloads.map(stores.usersOf));
    const same = after.map(({ service }, index) => service.password === before[index]?.service.password);
    expect(same).to.deep.equal([false, true, false]);
    expect(await redis(stores.urlOf("ship"), "GET", "ship:argo")).to.equal("$6\r\nafloat");
    for (const workload of ["chart", "log"]) {
      expect(await mongo(stores.urlOf(workload), insert)).to.match(/E11000/);
    }
  });

  it("are refused when others can read them or when they are damaged, with the way out", async () => {
    const file = fileOf("chart");
    const whole = readFileSync(file);
    const refused = async () => String((await rejectionOf(stores.usersOf("chart"))) as Error);
    chmodSync(file, 0o644);
    expect(await refused())
      .to.contain(`The passwords in ${file} cannot be used`)
      .and.contain("chmod go-rwx");
    chmodSync(file, 0o600);
    writeFileSync(file, '{"service":"short"}');
    expect(await refused()).to.contain("it is damaged");
    writeFileSync(file, whole);
  });

  function fileOf(workload: string): string {
    return join(stores.home.secrets, "stores", `${workload}.json`);
  }
});

function readLogs(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}
