import { randomInt } from "node:crypto";
import { createRandom } from "@theseus/runtime/load";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { copyImplementation } from "../../proof/rollout/candidate/copied-implementation.js";
import { Calls, countFailures } from "../../proof/rollout/visitors/calls.js";
import { forgetful } from "../../proof/swap/bad-candidates.js";
import { activeOf, applicationsOf, statusNow } from "../../proof/swap/instances-of.js";
import { killDuring } from "../../proof/swap/kills.js";
import { observeSwap } from "../../proof/swap/observe-swap.js";
import { openReaders } from "../../proof/swap/readers.js";
import { swapToBad } from "../../proof/swap/taken-back.js";
import { topology } from "../../src/topology.js";
import { HttpClient, signedIn } from "../system/http-client.js";
import { flags } from "../system/root-hooks.js";
import { Shop } from "../system/shop.js";
import { stockedItem } from "../system/stock.js";

const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));
const service = "inventory";
/** Few calls, since the load is small: 2, 50, 50 and 10 of the candidate's own. */
const quick = ["--calls", "50", "--longest", "40"];

describe(`a swap of a service that is read from (PROOF_SEED=${seed})`, () => {
  let shop: Shop;
  let calls: Calls;
  let readers: AsyncDisposable;
  before(async function () {
    this.timeout(120_000);
    shop = await new Shop().start({ flags });
    const http = new HttpClient(shop.edge);
    calls = new Calls(http);
    const items = [await stockedItem(http, await signedIn(http, shop.administrator), "9")];
    readers = openReaders({ calls, items, perSecond: 60, random: createRandom(seed) });
  });
  after(async function () {
    this.timeout(60_000);
    await readers?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });
  afterEach("leaves one instance", async () => {
    expect(await applicationsOf(shop, service)).to.have.length(1);
    expect((await shop.status()).swap).to.equal(undefined);
  });

  it("gives the candidate more and more of the calls, and no call fails, there and back", async () => {
    using copy = copyImplementation(service);
    const to = flags.length > 0 ? topology.language : copy.folder;
    const run = await observeSwap({ shop, calls, service, to, flags: quick });
    expect(run.fault).to.equal(undefined);
    for (const percent of [1, 10, 50, 100])
      expect(run.lines.join("\n")).to.match(new RegExp(`shift: ${percent} % is held, \\d+ calls answered`));
    expect(run.lines.join("\n")).to.match(/gate: .*[\s\S]*standby: .*[\s\S]*shadow: .*[\s\S]*drain: /);
    const back = await shop.theseus("rollback", service);
    expect(back).to.include({ code: 0, stderr: "" });
    expect(countFailures(calls.all)).to.deep.equal({});
  }).timeout(120_000);

  it("holds where it is until it is let go, tells where that is, and is taken back when somebody says so", async () => {
    using copy = copyImplementation(service);
    const slowly = ["--calls", "150"];
    const swapping = observeSwap({ shop, calls, service, to: copy.folder, flags: slowly });
    await eventually("it has calls", async () => (await shop.status()).swap?.percent === 1);
    expect((await shop.theseus("swap", "--pause")).stdout).to.contain("it stays where it is");
    const held = await shop.theseus("swap", "status");
    expect(held.stdout, `${held.stdout}${held.stderr}`)
      .to.match(/shift 1 %/)
      .and.match(/It is paused/)
      .and.match(/CANDIDATE inventory-\d/);
    const hasShown = async () => /calls answered as/.test((await shop.status()).swap?.words ?? "");
    await eventually("it has shown enough", hasShown);
    expect((await shop.status()).swap).to.include({ percent: 1, held: "paused" });
    const other = await shop.theseus("swap", "user", "--to", "typescript", "--yes");
    expect(other).to.include({ code: 1 });
    expect(other.stderr).to.match(/swap inventory .* is under way since \d+ s/);
    expect((await shop.theseus("swap", "--resume")).stdout).to.contain("it goes on");
    await eventually("it is at 10 %", async () => (await shop.status()).swap?.percent === 10);
    expect(await shop.theseus("rollback", service)).to.include({ code: 0 });
    expect((await swapping).fault).to.contain("It was aborted");
    expect((await shop.theseus("swap", "status")).stdout).to.match(/No swap is under way\. .*undone: It was/);
    expect((await shop.theseus("swap", "--resume")).stderr).to.contain("There is no swap to resume");
  }).timeout(180_000);

  it("takes back a candidate that is killed", async () => {
    using copy = copyImplementation(service);
    const [old] = await activeOf(shop, service);
    const swapping = observeSwap({ shop, calls, service, to: copy.folder, flags: quick });
    const candidate = await eventually("it is at 10 %", async () => {
      const { swap, instances } = await shop.status();
      const found = instances.find(({ stage, kind }) => stage === "candidate" && kind === "application");
      return swap?.percent === 10 ? found : undefined;
    });
    process.kill(candidate.pid ?? 0, "SIGKILL");
    const killed = await swapping;
    expect(killed.fault).to.match(/^At 10 %: inventory-\d ended \(signal SIGKILL\)/);
    expect((await activeOf(shop, service)).map(({ pid }) => pid)).to.deep.equal([old?.pid]);
  }).timeout(120_000);

  it("ends an old one that stands still", async () => {
    using copy = copyImplementation(service);
    const [old] = await activeOf(shop, service);
    const few = ["--calls", "10", "--compared", "10"];
    const swapping = observeSwap({ shop, calls, service, to: copy.folder, flags: few });
    await eventually("it has all calls", async () => (await statusNow(shop)).swap?.percent === 100);
    process.kill(old?.pid ?? 0, "SIGSTOP");
    expect((await swapping).fault).to.equal(undefined);
    expect((await activeOf(shop, service)).map(({ instance }) => instance)).to.not.include(old?.instance);
    expect(await shop.theseus("rollback", service)).to.include({ code: 0 });
  }).timeout(120_000);

  it("is undone when its supervisor is killed at 10 %, which is told meanwhile", async () => {
    const killed = await killDuring({ shop, calls, service, flags: quick }, "supervisor", "10 %");
    expect(killed.faults).to.deep.equal([]);
    expect(killed.told)
      .to.match(/shift 10 %/)
      .and.match(/the next start undoes it/);
    expect(killed.end).to.match(/^taken back/);
    const history = JSON.parse((await shop.theseus("history", "--json")).stdout) as { undone?: string }[];
    expect(history.at(-1)?.undone).to.match(/the supervisor was killed in its stage shift: 10 %/);
  }).timeout(180_000);

  it("takes back a candidate that answers NOT_FOUND where the old one does not, by itself", async () => {
    const { faults, run } = await swapToBad({ shop, calls, flags: quick }, forgetful(6));
    expect(faults, run.lines.join("\n")).to.deep.equal([]);
    const history = JSON.parse((await shop.theseus("history", "--json")).stdout) as { undone?: string }[];
    expect(history.at(-1)?.undone).to.match(/^At (1|10) %: /);
  }).timeout(180_000);
});
