import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { ErrorReason, StatusError } from "@theseus/kit";
import { identity } from "@theseus/testing";
import { expect } from "chai";
import {
  connect,
  type RunningInventory,
  startInventoryWithStore,
  stocked,
  until,
} from "./support/running-inventory.js";
import { watchStock } from "./support/stock-watcher.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));
const SERVING = 1;
const NOT_SERVING = 2;

interface Listening {
  readonly event: string;
  readonly address: string;
  readonly pid: number;
}

describe("the inventory process", () => {
  let shop: RunningInventory;
  const started: ChildProcess[] = [];
  before(async () => {
    shop = await startInventoryWithStore();
  });
  after(async () => {
    for (const child of started) if (child.exitCode === null) child.kill("SIGKILL");
    await shop[Symbol.asyncDispose]();
  });

  function start(env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const exited = once(child, "exit").then(([code]: unknown[]) => code);
    const nextLine = async (): Promise<unknown> => JSON.parse(String((await lines.next()).value));
    return { child, nextLine, exited };
  }

  const startWell = () =>
    start({
      LISTEN: "127.0.0.1:0",
      REDIS_URL: shop.redisUrl,
      TRUST_DOMAIN: identity.trustDomain,
      TOKEN_SUBJECT_PREFIX: identity.subjectPrefix,
      ADMIN_ROLE: identity.adminRole,
    });

  it("says where it listens, serves, and stops in peace with a watch open", async () => {
    const { child, nextLine, exited } = startWell();
    const { event, address, pid } = (await nextLine()) as Listening;
    expect([event, pid]).to.deep.equal(["listening", child.pid]);
    const client = connect(address);
    const item = await stocked(client, 1n);
    const watcher = watchStock(client, [item]);
    await watcher.count(1);
    child.kill("SIGTERM");
    const ending = await watcher.ended;
    expect(ending instanceof StatusError && ending.reason).to.equal(ErrorReason.SERVICE_UNAVAILABLE);
    expect(await exited).to.equal(0);
    await client[Symbol.asyncDispose]();
    const resumed = watchStock(shop.client, [item], watcher.token);
    await resumed.leave();
    expect(resumed.told).to.deep.equal([]);
  });

  it("tells by its health whether its store answers", async () => {
    const { child, nextLine, exited } = startWell();
    const { address } = (await nextLine()) as Listening;
    const health = new Client(address, credentials.createInsecure());
    expect(await healthOf(health)).to.equal(SERVING);
    await shop.killStore();
    await until(async () => (await healthOf(health)) === NOT_SERVING);
    await shop.restartStore();
    await until(async () => (await healthOf(health)) === SERVING);
    health.close();
    child.kill("SIGTERM");
    expect(await exited).to.equal(0);
  });

  it("starts without its store, and waits for it", async () => {
    await shop.killStore();
    const { child, nextLine, exited } = startWell();
    const { address } = (await nextLine()) as Listening;
    const health = new Client(address, credentials.createInsecure());
    expect(await healthOf(health)).to.equal(NOT_SERVING);
    await shop.restartStore();
    await until(async () => (await healthOf(health)) === SERVING);
    health.close();
    child.kill("SIGTERM");
    expect(await exited).to.equal(0);
  });

  it("names everything that is wrong with its environment at once, and exits with 78", async () => {
    const { nextLine, exited } = start({ REDIS_URL: "http://user:secret@x", LOG_LEVEL: "loud" });
    const faults = [await nextLine(), await nextLine(), await nextLine()];
    expect(faults.map((fault) => (fault as { variable: string }).variable)).to.have.members([
      "LISTEN",
      "REDIS_URL",
      "LOG_LEVEL",
    ]);
    expect(JSON.stringify(faults)).not.to.include("secret");
    expect(await exited).to.equal(78);
  });
});

/** The raw status of grpc.health.v1: `HealthCheckResponse.status` is a varint in field 1. */
function healthOf(client: Client): Promise<number | undefined> {
  const identity = (bytes: Buffer): Buffer => bytes;
  const request = Buffer.concat([
    Buffer.from([0x0a, 38]),
    Buffer.from("theseus.inventory.v1.InventoryService"),
  ]);
  request[1] = request.length - 2;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      "/grpc.health.v1.Health/Check",
      identity,
      identity,
      request,
      new Metadata(),
      { deadline: Date.now() + 5000 },
      (error, response) => (error ? reject(error) : resolve(response?.[1])),
    );
  });
}
