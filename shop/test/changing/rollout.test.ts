import { randomInt } from "node:crypto";
import { expect } from "chai";
import { copyImplementation } from "../../proof/rollout/candidate/copied-implementation.js";
import { holdWrongCandidate } from "../../proof/rollout/candidate/held-candidate.js";
import { proveRollout } from "../../proof/rollout/prove-rollout.js";
import { faultsOf } from "../../proof/rollout/rollout-figures.js";
import { shortPlan } from "../../proof/rollout/rollout-plan.js";
import { topology } from "../../src/topology.js";
import { flags } from "../system/root-hooks.js";
import { Shop } from "../system/shop.js";

const seed = Number(process.env.PROOF_SEED ?? randomInt(2 ** 31));
/** As long as a worker that may act needs to act several times. */
const heldMs = 10_000;

describe("a shop that is changed", () => {
  let shop: Shop;
  before(async function () {
    this.timeout(300_000);
    shop = await new Shop().start({ flags });
  });
  after(() => shop[Symbol.asyncDispose]());

  it(`while people buy fails no call, does nothing twice, and tells each watcher everything once (PROOF_SEED=${seed})`, async () => {
    using copy = copyImplementation("payment");
    const seen: string[] = [];
    // In its other language a service can always go to that of the checkout, and back.
    const services = flags.length > 0 ? ["user", "inventory", "payment"] : ["payment"];
    const to = flags.length > 0 ? topology.language : copy.folder;
    const plan = shortPlan(services.map((service) => ({ service, to, back: "rollback" })));
    const report = (line: string) => void seen.push(line);
    const figures = await proveRollout(shop, { seed, plan, report });
    expect(faultsOf(figures), seen.join("\n")).to.deep.equal([]);
    expect(figures.paid, seen.join("\n")).to.be.above(0);
    expect(figures.streams.messages, seen.join("\n")).to.be.above(0);
  }).timeout(600_000);

  it("for a payment whose worker marks all FAILED is safe while that is in standby, and harmed when it may act", async () => {
    const held = await holdWrongCandidate(shop, "obeys", heldMs);
    expect(held).to.deep.include({ openPayments: 3, isUntouched: true, refusedWrites: 0 });
    expect(held.states).to.include("PAYMENT_STATE_FAILED");
  }).timeout(300_000);

  it("for one that works in standby all the same is safe too: its store refuses it, and no trace is left", async () => {
    const held = await holdWrongCandidate(shop, "acts in standby", heldMs);
    expect(held).to.deep.include({ openPayments: 3, isUntouched: true });
    expect(held.refusedWrites).to.be.above(0);
    expect(new Set(held.states)).to.deep.equal(new Set(["PAYMENT_STATE_CAPTURED"]));
    const history = JSON.parse((await shop.theseus("history", "--json")).stdout) as { undone?: string }[];
    expect(history.at(-1)).to.have.property("undone");
  }).timeout(300_000);
});
