import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { startMongo, startRedis } from "../../src/index.js";
import { redis } from "./redis-command.js";
import { documents, insert } from "./ships.js";

describe("a store of one's own", function () {
  this.timeout(120_000);
  const dir = mkdtempSync(join(tmpdir(), "theseus-test-"));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it("keeps what Redis acknowledged over kill -9", async () => {
    const own = join(dir, "redis");
    const first = await startRedis({ dir: own });
    expect(await redis(first.url, "SET", "ship", "argo")).to.equal("+OK");
    await first.kill();
    await using second = await startRedis({ dir: own });
    expect(second.url).to.equal(first.url);
    expect(await redis(second.url, "GET", "ship")).to.equal("$4\r\nargo");
  });

  it("puts Redis on a unix socket that is private", async () => {
    await using store = await startRedis();
    const socket = new URL(store.url).pathname;
    expect(statSync(socket).mode & 0o777).to.equal(0o700);
    expect(statSync(dirname(socket)).mode & 0o777).to.equal(0o700);
    expect(socket.length).to.be.below(104);
  });

  it("keeps what the MongoDB-protocol store acknowledged over kill -9", async () => {
    const own = join(dir, "mongo");
    const first = await startMongo({ dir: own, database: "fleet" });
    expect(new URL(first.url).pathname).to.equal("/fleet");
    await insert(first.url, "argo");
    await first.kill();
    await using second = await startMongo({ dir: own, database: "fleet" });
    expect(await documents(second.url)).to.deep.equal(["argo"]);
  });

  it("leaves no process and no temporary data behind", async () => {
    const store = await startRedis();
    await store[Symbol.asyncDispose]();
    expect(() => process.kill(store.pid, 0)).to.throw("ESRCH");
  });
});

describe("a store of one's own that cannot be started", () => {
  const { TMPDIR } = process.env;
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });

  it("leaves no folder behind", async () => {
    const bin = join(scratch.path, "bin");
    const temporary = join(scratch.path, "t");
    mkdirSync(bin);
    mkdirSync(temporary);
    const script = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Redis server v=8.2.9 sha=0' || exit 3\n";
    writeFileSync(join(bin, "redis-server"), script, { mode: 0o755 });
    process.env.TMPDIR = temporary;
    const env = { PATH: `${bin}:/bin` };
    expect(await startRedis({ env }).then(String, String)).to.contain("redis ended at start (exit code 3)");
    expect(readdirSync(temporary)).to.deep.equal([]);
  });
});
