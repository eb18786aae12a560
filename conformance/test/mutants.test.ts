import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { Case } from "../src/cases/case.js";
import { loadContract } from "../src/contract/contract.js";
import type { Mutant, Patch } from "../src/mutants/mutant.js";
import { createMutantPool, type MutantPool } from "../src/mutants/mutant-pool.js";
import { PatchError, patchImplementation } from "../src/mutants/patched-implementation.js";
import { runMutants } from "../src/mutants/run-mutants.js";
import { isSeenThrough } from "../src/mutants/try-defaults.js";
import { tryMutant, type Verdict } from "../src/mutants/try-mutant.js";
import { findWorld } from "../src/run/find-world.js";
import { loadSuite } from "../src/run/load-suite.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const checkout = join(folder, "..");
const casesOf = async (service: string) => loadSuite(folder, service, await findWorld(service)).cases;

const overselling: Patch = {
  in: "lua/create-reservation.lua",
  find: "if less(available, quantity) then",
  put: "if less(level.on_hand, quantity) then",
};

function mutant(change: Partial<Mutant>): Mutant {
  return {
    name: "inventory/tried",
    service: "inventory",
    breaks: "nothing",
    patches: [],
    killedBy: ["inventory/reserve/never-oversold"],
    healthy: "inventory/items/create",
    place: "mutants.test.ts",
    ...change,
  };
}

describe("a patched copy", () => {
  const copies = () =>
    existsSync(join(checkout, ".theseus"))
      ? readdirSync(join(checkout, ".theseus")).filter((name) => name.startsWith("mutant-"))
      : [];
  const patching = (patch: Patch) => () => patchImplementation(checkout, mutant({ patches: [patch] }));

  it("is refused when its text is not in the code, and leaves nothing behind", () => {
    const before = copies();
    expect(patching({ ...overselling, find: "if less(nothing, quantity) then" })).to.throw(
      PatchError,
      "lua/create-reservation.lua has it 0 times, not once",
    );
    expect(copies()).to.deep.equal(before);
  });

  it("is refused when its text is there more than once", () => {
    expect(patching({ ...overselling, find: "then return {" })).to.throw(PatchError, "times, not once");
  });

  it("is refused when there is no such file", () => {
    expect(patching({ ...overselling, in: "lua/nothing.lua" })).to.throw(
      PatchError,
      "no file lua/nothing.lua",
    );
    expect(patching({ ...overselling, in: "../package.json" })).to.throw(
      PatchError,
      "no file ../package.json",
    );
  });

  it("finds a text whatever blanks are in it", () => {
    patching({ ...overselling, find: "if  less(available,\n   quantity)   then" })()[Symbol.dispose]();
  });
});

describe("trying a mutant", function () {
  this.timeout(120_000);
  let pool: MutantPool;
  let cases: readonly Case[];

  before(async () => {
    cases = await casesOf("inventory");
    pool = createMutantPool(loadContract(), checkout);
  });

  after(() => pool[Symbol.asyncDispose]());

  const attempt = (change: Partial<Mutant>): Promise<Verdict> => tryMutant(mutant(change), { pool, cases });

  it("tells that it was killed, and by what", async () => {
    const { outcome, by, why } = await attempt({ patches: [overselling] });
    expect({ outcome, by, why }).to.deep.equal({
      outcome: "killed",
      by: ["inventory/reserve/never-oversold"],
      why: [],
    });
  });

  it("tells that it survived a case that should have killed it", async () => {
    const killedBy = ["inventory/reserve/never-oversold", "inventory/reserve/total"];
    const { outcome, why } = await attempt({ patches: [overselling], killedBy });
    expect(outcome).to.equal("survived");
    expect(why).to.deep.equal(["inventory/reserve/total passed"]);
  });

  it("does not take one that cannot start for killed", async () => {
    const dead = { in: "service/start-inventory.js", find: "await redis.firstAttempt();", put: "throw 1;" };
    const { outcome, by, why } = await attempt({ patches: [dead] });
    expect({ outcome, by }).to.deep.equal({ outcome: "void", by: [] });
    expect(why[0]).to.include("ended at start");
  });

  it("does not take one that fails at everything for killed", async () => {
    const broken = {
      ...overselling,
      in: "lua/prelude.lua",
      find: "local function now()",
      put: "local function",
    };
    const { outcome, why } = await attempt({ patches: [broken] });
    expect(outcome).to.equal("void");
    expect(why[0]).to.include("it fails inventory/items/create, which it must pass");
  });

  it("does not take one for killed whose patch no longer fits", async () => {
    const { outcome, why } = await attempt({ patches: [{ ...overselling, find: "nowhere" }] });
    expect(outcome).to.equal("void");
    expect(why[0]).to.include("0 times, not once: nowhere");
  });

  it("does not take one for killed whose cases there are not", async () => {
    const { outcome, why } = await attempt({ killedBy: ["inventory/no/such-case"] });
    expect(outcome).to.equal("void");
    expect(why).to.deep.equal(["there is no case inventory/no/such-case"]);
  });

  it("changes nothing but what a wrapper is there for: without it every case passes", async () => {
    const killedBy = [
      ...["inventory/stock/add", "inventory/sync/many", "inventory/import/bad-row", "inventory/watch/resume"],
      ...["protocol/messages/largest", "protocol/reflection/services", "protocol/health/stop"],
    ];
    const wrapper = { name: "field-unset", with: { field: "nothing" } };
    const { outcome, by, why } = await attempt({ wrapper, killedBy });
    expect({ outcome, by }).to.deep.equal({ outcome: "survived", by: [] });
    expect([...why].sort()).to.deep.equal([...killedBy].sort().map((name) => `${name} passed`));
  });
});

describe("the report of all mutants", function () {
  this.timeout(120_000);

  const report = async (mutants: readonly Mutant[]) => {
    const lines: string[] = [];
    const all = await runMutants({
      contract: loadContract(),
      checkout,
      mutants,
      cases: new Map([["inventory", await casesOf("inventory")]]),
      defaultsOf: [],
      jobs: 2,
      findKillers: false,
      why: true,
      write: (line) => lines.push(line),
    });
    return { all, told: lines.join("\n") };
  };

  it("is a success when every one is killed", async () => {
    const { all, told } = await report([mutant({ patches: [overselling] })]);
    expect(all).to.deep.equal([{ name: "inventory/tried", outcome: "passed" }]);
    expect(told).to.include("✓ inventory/tried: killed by inventory/reserve/never-oversold");
    expect(told).to.include("1 mutants: 1 killed, 0 survived, 0 void");
  });

  it("is a failure when one survives, and says which clause is not watched over", async () => {
    const { all, told } = await report([mutant({ breaks: "What is held is held." })]);
    const why = ["inventory/reserve/never-oversold passed"];
    expect(all).to.deep.equal([{ name: "inventory/tried", outcome: "failed", why }]);
    expect(told).to.include("✗ inventory/tried: survived");
    expect(told).to.include("mutants.test.ts breaks: What is held is held.");
    expect(told).to.include("inventory/reserve/never-oversold passed");
  });

  it("lets an implementation that answers defaults pass a tenth of the cases at the most", () => {
    const verdict = { service: "inventory", cases: 100, passed: [] };
    expect(isSeenThrough({ ...verdict, failed: 91 })).to.equal(true);
    expect(isSeenThrough({ ...verdict, failed: 90 })).to.equal(false);
  });
});
