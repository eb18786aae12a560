import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder, createSmallDisk, eventually } from "@theseus/testing";
import { expect } from "chai";
import { type Supervised, supervise } from "../../src/process/supervised.js";
import { mongoProcess } from "../../src/stores/mongo.js";
import { redisProcess } from "../../src/stores/redis.js";
import type { StoreProcess } from "../../src/stores/store-process.js";
import { documents, insert } from "./ships.js";
import { someUsers } from "./some-users.js";

const provisioning = { env: process.env, report: () => undefined };

describe("the health of a store", function () {
  this.timeout(120_000);
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  let supervised: Supervised | undefined;
  afterEach(() => supervised?.kill());

  const kinds = {
    "Redis's": (dir: string) =>
      redisProcess(
        { name: "redis", dir, socketFolder: dir, users: someUsers(), access: "all" },
        provisioning,
      ),
    "the MongoDB-protocol store's": (dir: string) =>
      mongoProcess({ name: "mongo", dir, database: "fleet", users: someUsers() }, provisioning),
  };
  for (const [whose, describeStore] of Object.entries(kinds)) {
    it(`is good while it serves, and no longer when it stands still: ${whose}`, async () => {
      const dir = folder(whose.replaceAll(/\W/g, ""));
      const { spec } = await describeStore(dir);
      supervised = await supervise(spec, options());
      const check = checkOf(spec);
      expect(await check(5_000)).to.equal(undefined);
      process.kill(supervised.status().pid ?? 0, "SIGSTOP");
      expect(await check(300).then(String, String)).to.match(/does not answer|timed out/);
    });
  }

  it("is bad after its disk was full, and good again some time after there is space", async function () {
    const disk = createSmallDisk(folder("disk"), 96);
    if (disk === undefined) return this.skip();
    using _ = disk;
    const store = await mongoProcess(
      { name: "mongo", dir: disk.path, database: "fleet", users: someUsers() },
      provisioning,
    );
    const notes: string[] = [];
    supervised = await supervise(store.spec, options(notes));
    const { status, stop } = supervised;
    await insert(store.url, "argo");
    disk.fill();
    await eventually("it is not well", () => notes.some((line) => line.includes("is not well")), {
      withinMs: 60_000,
    });
    disk.free();
    const check = checkOf(store.spec);
    await eventually(
      "it is well again",
      async () => status().state === "running" && (await check(5_000).catch(String)) === undefined,
      { withinMs: 60_000 },
    );
    await insert(store.url, "pelias");
    expect(await documents(store.url)).to.include.members(["argo", "pelias"]);
    await stop();
  });

  function folder(name: string): string {
    const path = join(scratch.path, name);
    mkdirSync(path);
    return path;
  }

  function options(notes: string[] = []) {
    const healthWatch = { everyMs: 200, allowed: 2 };
    const state = { add: () => undefined, remove: () => undefined };
    return { state, report: (line: string) => notes.push(line), healthWatch };
  }

  function checkOf({ healthCheck }: StoreProcess["spec"]) {
    if (healthCheck === undefined) throw new Error("nobody asks for its health");
    return healthCheck;
  }
});
