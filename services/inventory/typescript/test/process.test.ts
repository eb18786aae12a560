import { fileURLToPath } from "node:url";
import { ErrorReason, StatusError } from "@theseus/kit";
import {
  eventually,
  healthOf,
  identity,
  listening,
  type RunningProcess,
  runToEnd,
  startProcess,
} from "@theseus/testing";
import { expect } from "chai";
import {
  connect,
  type RunningInventory,
  startInventoryWithStore,
  stocked,
} from "./support/running-inventory.js";
import { watchStock } from "./support/stock-watcher.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));
const SERVICE = "theseus.inventory.v1.InventoryService";

describe("the inventory process", () => {
  let shop: RunningInventory;
  let running: RunningProcess | undefined;
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(() => shop[Symbol.asyncDispose]());
  afterEach(async () => {
    await running?.[Symbol.asyncDispose]();
  });

  async function start() {
    running = await startProcess([process.execPath, MAIN], {
      env: {
        LISTEN: "127.0.0.1:0",
        REDIS_URL: shop.redisUrl,
        TRUST_DOMAIN: identity.trustDomain,
        TOKEN_SUBJECT_PREFIX: identity.subjectPrefix,
        ADMIN_ROLE: identity.adminRole,
      },
    });
    return { running, ...(await listening(running)) };
  }

  const health = async (address: string, wanted: string) => {
    await eventually(`health says ${wanted}`, () => healthOf(address, SERVICE), {
      until: (seen) => seen === wanted,
    });
  };

  it("says where it listens, serves, and stops in peace with a watch open", async () => {
    const { running, address, pid } = await start();
    expect(JSON.parse(running.lines()[0] ?? "")).to.include({ event: "listening", pid: running.pid });
    expect(pid).to.equal(running.pid);
    const client = connect(address);
    const item = await stocked(client, 1n);
    const watcher = watchStock(client, [item]);
    await watcher.count(1);
    const exit = running.stop();
    const ending = await watcher.ended;
    expect(ending instanceof StatusError && ending.reason).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect((await exit).code).to.equal(0);
    await client[Symbol.asyncDispose]();
    const resumed = watchStock(shop.client, [item], watcher.token);
    await resumed.leave();
    expect(resumed.told).to.deep.equal([]);
  });

  it("tells by its health whether its store answers", async () => {
    const { running, address } = await start();
    await health(address, "SERVING");
    await shop.killStore();
    await health(address, "NOT_SERVING");
    await shop.restartStore();
    await health(address, "SERVING");
    expect((await running.stop()).code).to.equal(0);
  });

  it("starts without its store, and waits for it", async () => {
    await shop.killStore();
    const { running, address } = await start();
    expect(await healthOf(address, SERVICE)).to.equal("NOT_SERVING");
    await shop.restartStore();
    await health(address, "SERVING");
    expect((await running.stop()).code).to.equal(0);
  });

  it("names everything that is wrong with its environment at once, and exits with 78", async () => {
    const env = { REDIS_URL: "http://user:secret@x", LOG_LEVEL: "loud", ADMIN_ROLE: "admin" };
    const { code, stdout } = await runToEnd([process.execPath, MAIN], { env });
    const faults = stdout
      .trim()
      .split("\n")
      .map((line): { readonly variable: string } => JSON.parse(line));
    expect(faults.map(({ variable }) => variable)).to.have.members([
      ...["LISTEN", "REDIS_URL", "LOG_LEVEL", "TRUST_DOMAIN", "TOKEN_SUBJECT_PREFIX"],
    ]);
    expect(stdout).not.to.include("secret");
    expect(code).to.equal(78);
  });
});
