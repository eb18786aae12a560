import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readState } from "@theseus/runtime/control";
import { startShadow } from "@theseus/runtime/shadow";
import { createScratchFolder, eventually, runToEnd } from "@theseus/testing";
import { expect } from "chai";
import { parse } from "yaml";
import { residentMib } from "../../proof/load/memory.js";
import { peopleOf } from "../../src/seed/people.js";
import { HttpClient, registeredUser, signedIn, type Token } from "../system/http-client.js";
import { flags } from "../system/root-hooks.js";
import { checkout } from "../system/shop.js";
import { stockedItem } from "../system/stock.js";
import { type Candidate, patchedCopy, startCandidate } from "./candidate.js";
import { copiesOf } from "./copies.js";
import { type OpenShop, openShop } from "./open-shop.js";
import { reportOf } from "./report-of.js";

/** The language that is held against TypeScript, where it is built. */
const other = flags.length > 0 ? "go" : "typescript";
/** The proof asks for more than there is time for each day. */
const calls = Number(process.env.SHADOW_CALLS ?? 300);
const watches = Number(process.env.SHADOW_WATCHES ?? 50);

describe("A shadow", function () {
  this.timeout(Math.max(180_000, 100 * calls, 200 * watches));
  let shop: OpenShop;
  let http: HttpClient;
  let admin: Token;

  before(async () => {
    shop = await openShop();
    http = new HttpClient(shop.endpoints.http);
    admin = await signedIn(http, JSON.parse(readFileSync(peopleOf(shop.endpoints).admin, "utf8")));
  });
  after(() => shop[Symbol.asyncDispose]());

  describe("of what is right", () => {
    let pair: Candidate;
    let item: string;

    before(async () => {
      pair = await startCandidate(shop.instances, "inventory", join(checkout, "services/inventory", other));
      item = await stockedItem(http, admin, "1000");
    });
    after(() => pair[Symbol.asyncDispose]());

    const start = () => startShadow(shop.instances, { service: "inventory", ...pair });

    it("finds nothing while others write, and copies nothing before and after", async () => {
      const { old } = pair;
      const first = await copies(old);
      await read(20);
      expect(await copies(old)).to.equal(first);
      const buyer = await registeredUser(http);
      const shadow = await start();
      const writing = keepWriting(item, buyer);
      while ((await shadow.report()).compared < calls) await read(50);
      await writing.stop();
      const report = await shadow.report();
      await shadow.stop();
      expect(report.different).to.deep.equal([]);
      expect(report.equal, JSON.stringify(report)).to.be.above(0);
      expect(writing.count).to.be.above(10);
      const before = await copies(old);
      expect(before - first).to.be.at.least(calls);
      await read(20);
      expect(await copies(old)).to.equal(before);
    });

    it("opens streams itself, of what calls named, and leaves none when watchers leave", async () => {
      const shadow = await start();
      await read(20);
      const before = memory();
      for (let n = 0; n < watches; n++) await watchAndLeave();
      await reportOf(shadow, ({ streams }) => streams >= 2);
      await reportOf(shadow, ({ openStreams }) => openStreams === 0);
      const report = await shadow.report();
      expect(report.different).to.deep.equal([]);
      expect(report.noise).to.equal(0);
      for (const [index, mib] of memory().entries()) expect(mib - (before[index] ?? 0)).to.be.below(20);
      await shadow.stop();
    });

    it("that is killed copies nothing any more, says so, and no call has failed", async () => {
      const shadow = await start();
      await read(5);
      await reportOf(shadow, ({ compared }) => compared >= 5);
      process.kill(comparerPid(), "SIGKILL");
      await read(20);
      const report = await reportOf(shadow, ({ ended }) => ended !== undefined);
      expect(report).to.deep.include({ ended: "the comparer ended (signal SIGKILL)" });
      expect(report.compared).to.be.at.least(5);
      await untilNothingIsCopied();
      expect(shop.console.join("\n")).to.contain("answers are no longer compared");
      await shadow.stop();
    });

    it("that stands still is ended, and no call has waited for it", async () => {
      const shadow = await start();
      process.kill(comparerPid(), "SIGSTOP");
      await read(100);
      const report = await reportOf(shadow, ({ ended }) => ended !== undefined);
      expect(report.ended).to.contain("the comparer was not well");
      await untilNothingIsCopied();
      await shadow.stop();
      expect(comparers()).to.deep.equal([]);
    });

    /** What the comparer and the sidecar that copies take, in MiB. */
    function memory(): readonly number[] {
      const processes = [comparerPid(), pair.old[0]?.sidecar.status().pid ?? 0];
      return processes.map((pid) => residentMib(pid) ?? 0);
    }

    async function untilNothingIsCopied(): Promise<void> {
      await eventually("nothing is copied", async () => {
        const before = await copies(pair.old);
        await read(5);
        return (await copies(pair.old)) === before;
      });
    }

    async function watchAndLeave(): Promise<void> {
      const leaving = new AbortController();
      const path = `/v1/items:watchStock?items=${encodeURIComponent(item)}`;
      for await (const _ of http.stream(path, { signal: leaving.signal })) break;
      leaving.abort();
    }

    async function read(count: number): Promise<void> {
      for (let n = 0; n < count; n++)
        expect((await http.get(n % 10 === 0 ? "/v1/items" : `/v1/${item}`)).status).to.equal(200);
    }
  });

  it("finds seconds in the place of milliseconds within 50 compared calls, and names the field", async () => {
    using scratch = createScratchFolder();
    using patched = patchedCopy("inventory", {
      file: "rules/item.js",
      find: "createTime: new Date(Number(createTime))",
      put: "createTime: new Date(Math.floor(Number(createTime) / 1000) * 1000)",
    });
    await using pair = await startCandidate(shop.instances, "inventory", patched.folder);
    const name = await stockedItem(http, admin, "3");
    const shadow = await startShadow(shop.instances, {
      service: "inventory",
      ...pair,
      saveCases: scratch.path,
    });
    for (let n = 0; n < 50; n++) await http.get(`/v1/${name}`);
    const { compared, different } = await reportOf(shadow, (report) => report.different.length > 0);
    await shadow.stop();
    expect(compared).to.be.at.most(50);
    const found = different.find(({ path }) => path === "ok.create_time");
    expect(found).to.include({ method: "theseus.inventory.v1.InventoryService/GetItem" });
    expect(found?.old).to.match(/\.\d{3}Z"$/);
    expect(found?.candidate).to.match(/\d{2}Z"$/);
    const [saved] = parse(readFileSync(found?.savedAs ?? "", "utf8"));
    expect(saved.steps[0]).to.deep.include({ call: "GetItem", as: "nobody", request: { name } });
  });

  it("does not show what the contract redacts, wherever it stands", async () => {
    using scratch = createScratchFolder();
    using patched = patchedCopy("user", {
      file: "rules/user.js",
      find: 'displayName: active ? stored.display_name : ""',
      put: 'displayName: stored.display_name + " " + stored.email, email: "x" + stored.email',
    });
    await using pair = await startCandidate(shop.instances, "user", patched.folder);
    const { name, email, token } = await registeredUser(http);
    const shadow = await startShadow(shop.instances, { service: "user", ...pair, saveCases: scratch.path });
    await http.get(`/v1/${name}`, { token });
    const { different } = await reportOf(shadow, (report) => report.different.length > 1);
    await shadow.stop();
    expect(different.map(({ path }) => path)).to.have.members(["ok.email", "ok.display_name"]);
    const texts = [
      JSON.stringify(different),
      ...different.map(({ savedAs = "" }) => readFileSync(savedAs, "utf8")),
    ];
    for (const text of texts) expect(text).not.to.contain(email);
    expect(different.find(({ path }) => path === "ok.display_name")?.candidate).to.contain("(redacted)");
  });

  it("saves a difference as a case, which the suite runs", async () => {
    using scratch = createScratchFolder();
    using patched = patchedCopy("inventory", {
      file: "rpc/get-item.js",
      find: "items.get(fromItemName(name))",
      put: "items.get(fromItemName(name)).catch(() => { throw new Error(name); })",
    });
    await using pair = await startCandidate(shop.instances, "inventory", patched.folder);
    const saveCases = scratch.path;
    const shadow = await startShadow(shop.instances, { service: "inventory", ...pair, saveCases });
    await http.get("/v1/items/no-such-thing");
    const { different } = await reportOf(shadow, (report) => report.different.length > 0);
    await shadow.stop();
    expect(different[0]).to.include({ path: "status", old: "NOT_FOUND / ITEM_NOT_FOUND" });
    const suite = ["run", "--service", "inventory", "--impl", "typescript", "--no-build"];
    const { code, stdout, stderr } = await runToEnd([
      process.execPath,
      join(checkout, "conformance/bin/theseus-conformance.mjs"),
      ...[...suite, "--cases", saveCases, "--case", "inventory/shadow/*"],
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("1 passed");
  });

  function comparers() {
    return (readState(shop.instances.context.home.state)?.processes ?? []).filter(
      ({ name }) => name === "shadow",
    );
  }

  function comparerPid(): number {
    return comparers()[0]?.pid ?? 0;
  }

  /** Holds a piece and gives it back, adds stock and changes the title, again and again until it is stopped. */
  function keepWriting(name: string, { token }: { readonly token: Token }) {
    const writing = { count: 0, stop: async () => {} };
    let isOver = false;
    const done = (async () => {
      while (!isOver) {
        const lines = [{ item: name, quantity: 1 }];
        const held = await http.post("/v1/reservations", { lines }, { token });
        await http.post(`/v1/${held.body.name}:release`, {}, { token });
        const added = await http.post(`/v1/${name}:addStock`, { quantity: "1" }, { token: admin });
        const title = JSON.stringify({ title: `Item ${writing.count}` });
        const changed = await http.send("PATCH", `/v1/${name}?updateMask=title`, title, { token: admin });
        if ([held, added, changed].every(({ status }) => status === 200)) writing.count += 1;
      }
    })();
    writing.stop = async () => {
      isOver = true;
      await done;
    };
    return writing;
  }
});

function copies(old: Candidate["old"]): Promise<number> {
  return copiesOf(old.map(({ paths }) => paths.admin));
}
