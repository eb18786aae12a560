import { createLog, ErrorReason, StatusError } from "@theseus/kit";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { waitForChange } from "../src/store/level-store.js";
import { startLevelFeed } from "../src/watch/level-feed.js";
import { anyKey, type Scripts, startScripts } from "./support/scripts-on-redis.js";

const ADDED = 6000;

describe("the feed of changes", () => {
  let scripts: Scripts;
  before(async () => {
    scripts = await startScripts();
  });
  after(() => scripts[Symbol.asyncDispose]());

  it("lets a slow watcher fall back onto the store, and says so when even that has moved on", async () => {
    const blocking = scripts.redis.duplicate();
    const log = createLog({ level: "silent", name: "test" });
    await scripts.create("kettle", 0n);
    const from = await scripts.levels.position();
    const feed = startLevelFeed({
      levels: scripts.levels,
      waitForChange: waitForChange(() => blocking),
      log,
    });
    const { run } = scripts;
    for (let batch = 0; batch < ADDED; batch += 500) {
      const keys = Array.from({ length: 500 }, () => anyKey());
      await Promise.all(
        keys.map((key) => run("add-stock", [key.scope, key.requestId, key.fingerprint, "kettle", "1"])),
      );
    }
    const last = await scripts.levels.position();
    await eventually(
      "the feed is at the end",
      async () => (await feed.after(last)).length === 0 && feed.version > 0,
    );
    const seen: bigint[] = [];
    for (let position = from; seen.length < ADDED; ) {
      const changes = await feed.after(position);
      position = changes.at(-1)?.position ?? position;
      seen.push(...changes.map(({ stock }) => stock.onHand));
    }
    expect(seen).to.deep.equal(Array.from({ length: ADDED }, (_, index) => BigInt(index + 1)));

    await scripts.redis.xtrim("inventory:levels", "MAXLEN", 10);
    const error: unknown = await feed.after(from).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(StatusError);
    expect((error as StatusError).reason).to.equal(ErrorReason.RESUME_TOKEN_EXPIRED);
    const ahead: unknown = await feed.after("9999999999999-0").catch((thrown: unknown) => thrown);
    expect((ahead as StatusError).reason).to.equal(ErrorReason.RESUME_TOKEN_EXPIRED);
    blocking.disconnect();
    await feed[Symbol.asyncDispose]();
  });
});
