import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isAlive, readState } from "@theseus/runtime/control";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient } from "../system/http-client.js";
import { Shop } from "../system/shop.js";
import { copiesOf } from "./copies.js";

const supervisor = fileURLToPath(new URL("shadow-supervisor.js", import.meta.url));

describe("a supervisor that is killed while a shadow compares", () => {
  const shop = new Shop();
  after(() => shop[Symbol.asyncDispose]());

  it("leaves copies that harm nobody; the next start ends the comparer and the copies", async function () {
    this.timeout(120_000);
    const child = spawn(process.execPath, [supervisor, shop.home], {
      env: shop.environment(),
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: child.stdout })) if (line === "shadowing") break;
    child.kill("SIGKILL");
    await once(child, "exit");
    const comparer = readState(`${shop.home}/state.json`)?.processes.find(({ name }) => name === "shadow");
    expect(comparer && isAlive(comparer)).to.equal(true);
    await shop.start();
    expect(comparer && isAlive(comparer)).to.equal(false);
    const http = new HttpClient(shop.edge);
    const sidecars = async () =>
      (await shop.instances())
        .filter(({ workload }) => workload === "inventory")
        .map(({ app }) => join(dirname(app.socket), "admin.sock"));
    await eventually("the candidate has ended", async () => (await sidecars()).length === 1);
    const before = await copiesOf(await sidecars());
    for (let n = 0; n < 20; n++) expect((await http.get("/v1/items")).status).to.equal(200);
    expect(await copiesOf(await sidecars())).to.equal(before);
  });
});
