import { once } from "node:events";
import { createServer } from "node:http2";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import type { Instances } from "../../src/instances/instances.js";
import type { Pair } from "../../src/pair/pair.js";
import { watchTrouble } from "../../src/swap/instance-trouble.js";

describe("trouble of an instance beside another", () => {
  const scratch = createScratchFolder();
  const closing: (() => void)[] = [];
  const serves = new Map([
    ["old", true],
    ["new", true],
  ]);
  let pairs: readonly Pair[];
  before(async () => {
    pairs = await Promise.all([...serves.keys()].map(startPair));
  });
  after(() => {
    for (const close of closing) close();
    scratch[Symbol.dispose]();
  });
  beforeEach(() => {
    serves.set("old", true).set("new", true);
  });

  /** As much of a pair as is looked at: two processes that run, and a socket on which health is asked for. */
  async function startPair(name: string): Promise<Pair> {
    const server = createServer().on("stream", (stream) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" });
      stream.end(Buffer.from([0, 0, 0, 0, 2, 8, serves.get(name) ? 1 : 2]));
    });
    const app = join(scratch.path, name);
    await once(server.listen(app), "listening");
    closing.push(() => server.close());
    const process = { name, status: () => ({ state: "running", restarts: 0 }) };
    const pair = {
      instance: { name, workload: { name: "ship" } },
      paths: { app },
      application: process,
      sidecar: process,
    };
    return pair as unknown as Pair;
  }

  function watchNew() {
    const [old, candidate] = pairs as [Pair, Pair];
    const instances = { context: {}, pairs: [] } as unknown as Instances;
    return watchTrouble(instances, [candidate], [old]);
  }

  it("is none when it says for a moment that it does not serve", async () => {
    const watch = watchNew();
    for (const isServing of [true, false, true, false, true]) {
      serves.set("new", isServing);
      expect(await watch.look()).to.equal(undefined);
      await sleep(50);
    }
  });

  it("is told when it has said so for three seconds, and the other serves", async () => {
    const watch = watchNew();
    serves.set("new", false);
    const began = performance.now();
    let trouble = await watch.look();
    expect(trouble).to.equal(undefined);
    while (trouble === undefined && performance.now() - began < 20_000) {
      await sleep(100);
      trouble = await watch.look();
    }
    expect(trouble).to.equal("new has said of itself for 3 s that it is NOT_SERVING");
    expect(performance.now() - began).to.be.at.least(2_950);
  }).timeout(30_000);

  it("is none as long as both say so: it is what they share", async () => {
    const watch = watchNew();
    serves.set("old", false).set("new", false);
    const began = performance.now();
    while (performance.now() - began < 3_500) {
      expect(await watch.look()).to.equal(undefined);
      await sleep(100);
    }
  }).timeout(30_000);
});
