import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { asAdministrator, createScratchFolder, eventually, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { createLog, createStandbyFile, ErrorReason, type ServeOptions, StatusError } from "../src/index.js";
import { healthProtocol } from "../src/protocols/grpc-protocols.js";
import { all, count, type FakeInventory, item, rawCall, startInventory } from "./fake-inventory.js";

const SERVING = 1;
const NOT_SERVING = 2;
const log = createLog({ level: "silent", name: "test" });
const stock = { name: "items/a", quantity: 1n, requestId: crypto.randomUUID() };
const admin = asAdministrator();

/** A process in a folder of its own, with the standby file `standby`, and what its work has done. */
function standbyOptions(path: string) {
  const done: string[] = [];
  const work: ServeOptions["work"] = {
    standby: createStandbyFile(path, log),
    start() {
      done.push("start");
      return { [Symbol.asyncDispose]: async () => void done.push("stop") };
    },
    async change({ active }) {
      done.push(active ? "open to write" : "open to read");
    },
  };
  return { done, work };
}

async function active(shop: FakeInventory, service = "active"): Promise<number | undefined> {
  const stream = rawCall(shop.channel, "/grpc.health.v1.Health/Check");
  const answer = new Promise<Buffer>((resolve, reject) => stream.on("data", resolve).on("error", reject));
  stream.end(Buffer.from(toBinary(healthProtocol.request, create(healthProtocol.request, { service }))));
  return fromBinary(healthProtocol.response, await answer).status;
}

async function isRefused(answer: Promise<unknown>): Promise<void> {
  const { reason, details } = await rejectionOf(answer, StatusError);
  expect(ErrorReason[reason]).to.equal("SERVICE_UNAVAILABLE");
  expect(details.retryAfterMs).to.be.a("number");
}

describe("standby", () => {
  let folder: ReturnType<typeof createScratchFolder>;
  let file: string;
  beforeEach(() => {
    folder = createScratchFolder();
    file = join(folder.path, "standby");
  });
  afterEach(() => folder[Symbol.dispose]());

  it("answers reads, refuses writes before anything else, and runs no work", async () => {
    writeFileSync(file, "");
    const { done, work } = standbyOptions(file);
    await using shop = await startInventory({ getItem: async () => item({ title: "kettle" }) }, { work });
    expect((await shop.client.getItem({ name: "items/a" })).title).to.equal("kettle");
    await isRefused(shop.client.addStock({ ...stock, quantity: -1n }));
    expect([await active(shop), await active(shop, "")]).to.deep.equal([NOT_SERVING, SERVING]);
    expect(done).to.deep.equal([]);
  });

  it("ends when the file goes, and begins again when it is there again", async () => {
    writeFileSync(file, "");
    const { done, work } = standbyOptions(file);
    await using shop = await startInventory({ addStock: async () => item() }, { work });
    rmSync(file);
    await eventually("active", async () => (await active(shop)) === SERVING);
    await shop.client.addStock(stock, admin);
    writeFileSync(file, "");
    await eventually("passive", async () => (await active(shop)) === NOT_SERVING);
    expect(done).to.deep.equal(["open to write", "start", "stop", "open to read"]);
  });

  it("begins once the writes under way have ended, also one whose caller has left", async () => {
    const { done, work } = standbyOptions(file);
    const finish: (() => void)[] = [];
    const addStock = () =>
      new Promise<ReturnType<typeof item>>((resolve) => {
        finish.push(() => resolve(item()));
      });
    await using shop = await startInventory({ addStock }, { work });
    const leaving = new AbortController();
    const call = rejectionOf(shop.client.addStock(stock, { ...admin, signal: leaving.signal }));
    await eventually("the call is under way", () => finish[0]);
    writeFileSync(file, "");
    await eventually("writes are refused", async () => {
      const deadline = new Date(Date.now() + 200);
      const { reason } = await rejectionOf(shop.client.addStock(stock, { ...admin, deadline }), StatusError);
      return reason === ErrorReason.SERVICE_UNAVAILABLE;
    });
    leaving.abort();
    await call;
    expect([await active(shop), done]).to.deep.equal([SERVING, ["start"]]);
    for (const each of finish) each();
    await eventually("passive", async () => (await active(shop)) === NOT_SERVING);
  });

  it("ends a stream of requests that goes on", async () => {
    const { work } = standbyOptions(file);
    const taken: string[] = [];
    await using shop = await startInventory(
      {
        syncStock: async function* (counts) {
          for await (const { requestId } of counts) {
            taken.push(requestId);
            yield { requestId, outcome: undefined };
          }
        },
      },
      { work },
    );
    async function* endless() {
      yield count("items/a");
      await new Promise(() => undefined);
    }
    const ended = rejectionOf(all(shop.client.syncStock(endless(), admin)), StatusError);
    await eventually("a count is taken", () => taken[0]);
    writeFileSync(file, "");
    expect(ErrorReason[(await ended).reason]).to.equal("SERVICE_UNAVAILABLE");
    await eventually("passive", async () => (await active(shop)) === NOT_SERVING);
  });

  it("is left by nothing but the answer that there is no such file", () => {
    const parent = join(folder.path, "parent");
    writeFileSync(parent, "");
    const standby = createStandbyFile(join(parent, "standby"), log);
    expect(standby.isThere).to.equal(true);
    rmSync(parent);
    mkdirSync(parent);
    standby.look();
    expect(standby.isThere).to.equal(false);
  });
});
