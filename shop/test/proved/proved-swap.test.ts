import { randomInt } from "node:crypto";
import { createRandom } from "@theseus/runtime/load";
import { expect } from "chai";
import { otherLanguage } from "../../proof/rollout/rollout-plan.js";
import { Calls, countFailures } from "../../proof/rollout/visitors/calls.js";
import { observeSwap } from "../../proof/swap/observe-swap.js";
import { openReaders } from "../../proof/swap/readers.js";
import { HttpClient, signedIn } from "../system/http-client.js";
import { shop } from "../system/root-hooks.js";
import { stockedItem } from "../system/stock.js";

const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));
const service = "inventory";
const to = otherLanguage(service);
/** Few calls, since the load is small. */
const quick = ["--calls", "50", "--longest", "60"];

describe(`a swap to another language, by proof (PROOF_SEED=${seed})`, () => {
  let calls: Calls;
  let readers: AsyncDisposable;
  before(async () => {
    const http = new HttpClient(shop().edge);
    calls = new Calls(http);
    const items = [await stockedItem(http, await signedIn(http, shop().administrator), "9")];
    readers = openReaders({ calls, items, perSecond: 40, random: createRandom(seed) });
  });
  after(() => readers?.[Symbol.asyncDispose]());
  afterEach("has failed no call", () => expect(countFailures(calls.all)).to.deep.equal({}));

  it("proves it by the whole suite while people read, and keeps the certificate", async () => {
    const run = await observeSwap({ shop: shop(), calls, service, to, isProven: true, flags: quick });
    expect(run.fault).to.equal(undefined);
    expect(run.lines.join("\n")).to.match(
      /suite: \d{3} passed, 0 failed[\s\S]* gate: proved, .*[\s\S]* drain: /,
    );
    const [, file = ""] = /gate: proved, (\S+)/.exec(run.lines.join("\n")) ?? [];
    const shown = await shop().theseus("certificate", service, "--impl", to);
    expect(shown).to.include({ code: 0, stderr: "" });
    const verified = await shop().theseus("certificate", "verify", file);
    expect(verified).to.include({ code: 0, stderr: "" });
  }).timeout(600_000);

  it("needs no suite the next time", async () => {
    expect(await shop().theseus("rollback", service)).to.include({ code: 0, stderr: "" });
    const again = await observeSwap({ shop: shop(), calls, service, to, isProven: true, flags: quick });
    expect(again.fault).to.equal(undefined);
    expect(again.lines.join("\n")).to.contain("gate: proved before, ").and.not.to.contain("suite:");
  }).timeout(240_000);
});
