import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findImplementation } from "@theseus/runtime";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { loadContract } from "../src/contract/contract.js";
import { createMutantPool, type MutantPool } from "../src/mutants/mutant-pool.js";
import { CaseOrder } from "../src/mutation/case-order.js";
import { findEquivalent, staleEquivalents } from "../src/mutation/equivalents.js";
import type { GeneratedMutant } from "../src/mutation/generated-mutant.js";
import { typescript } from "../src/mutation/languages/typescript.js";
import { sample } from "../src/mutation/sample.js";
import { tryGenerated } from "../src/mutation/try-generated.js";
import { findWorld } from "../src/run/find-world.js";
import { loadSuite } from "../src/run/load-suite.js";

const folder = fileURLToPath(new URL("../..", import.meta.url));
const checkout = join(folder, "..");

function change(line: number, operator = "EqualityOperator", after = "a >= b"): GeneratedMutant {
  const where = { file: "src/rules/order.ts", replaces: "dist/src/rules/order.js", line, column: 3 };
  return { ...where, operator, before: "a > b", after, content: Buffer.of() };
}

describe("a sample of mutants", () => {
  const all = Array.from({ length: 50 }, (_, line) => change(line));
  const lines = (mutants: readonly GeneratedMutant[]) => mutants.map(({ line }) => line);
  const silent = () => "";

  it("is the same for the same seed, and another for another", () => {
    expect(lines(sample(all, silent, 1))).to.deep.equal(lines(sample(all, silent, 1)));
    expect(lines(sample(all, silent, 1))).to.not.deep.equal(lines(sample(all, silent, 2)));
  });

  it("keeps its order when there are other mutants too", () => {
    const more = sample([change(99, "BlockStatement", "{}"), ...all], silent, 1);
    expect(lines(more).filter((line) => line !== 99)).to.deep.equal(lines(sample(all, silent, 1)));
  });

  it("has each place and operator once, whatever the operator makes of it", () => {
    const one = [change(1, "Compare_Gt_Lt"), change(1, "Compare_Gt_Eq"), change(1, "Negate")];
    expect(sample(one, silent, 1)).to.have.length(2);
  });

  it("has no line that logs", () => {
    const lineOf = ({ line }: GeneratedMutant) => (line === 7 ? '  log.warn({ event: "sweep" }, text);' : "");
    const found = lines(sample(all, lineOf, 1));
    expect(found).to.not.include(7);
    expect(found).to.have.length(49);
  });
});

describe("the list of equivalents", () => {
  const entry = {
    file: "src/rules/order.ts",
    before: "a > b",
    after: "a >= b",
    because: "they are never equal",
  };

  it("knows a mutant by its code, on whichever line", () => {
    expect(findEquivalent(change(3), [entry])).to.equal(entry);
    expect(findEquivalent(change(80), [entry])).to.equal(entry);
    expect(findEquivalent(change(3, "EqualityOperator", "a < b"), [entry])).to.equal(undefined);
  });

  it("can speak of a whole file", () => {
    const whole = { file: "src/rules/order.ts", because: "nothing of it runs" };
    expect(findEquivalent(change(3), [whole])).to.equal(whole);
  });

  it("is told of entries that speak of no mutant", () => {
    const stale = { ...entry, before: "a > c" };
    expect(staleEquivalents([change(3)], [entry, stale])).to.deep.equal([stale]);
  });
});

describe("mutants of TypeScript", () => {
  it("change what is compiled, and tell of the source", async () => {
    using scratch = createScratchFolder();
    const compiled = join(scratch.path, "dist", "src");
    mkdirSync(compiled, { recursive: true });
    writeFileSync(join(compiled, "order.js"), "export const isMore = (a, b) => a > b;\n");
    // Every column of the one line is the same column of line 5.
    const map = { version: 3, sources: ["../../src/order.ts"], names: [], mappings: "AAIA" };
    writeFileSync(join(compiled, "order.js.map"), JSON.stringify(map));
    const found = await typescript.generate({
      name: "order",
      language: "typescript",
      run: [""],
      sources: [],
      locks: [],
      files: [],
      folder: scratch.path,
    });
    const boundary = found.find(({ after }) => after === "a >= b");
    expect(boundary).to.include({
      file: "src/order.ts",
      line: 5,
      operator: "EqualityOperator",
      before: "a > b",
    });
    expect(boundary?.content.toString()).to.equal("export const isMore = (a, b) => a >= b;\n");
  });
});

describe("a generated mutant", function () {
  this.timeout(60_000);
  const service = "inventory";
  const implementation = findImplementation(checkout, service, "typescript");
  const replaces = "dist/src/rpc/get-item.js";
  let pool: MutantPool;
  before(() => {
    pool = createMutantPool(loadContract(), checkout);
  });
  after(() => pool[Symbol.asyncDispose]());

  const copies = () => readdirSync(join(checkout, ".theseus")).filter((name) => name.startsWith("mutant-"));

  async function verdictOf(text: string) {
    const cases = loadSuite(folder, service, await findWorld(service)).cases;
    const mutant = { ...change(1), replaces, content: Buffer.from(text) };
    await using right = await pool.openImplementation(service, implementation);
    return await tryGenerated(mutant, {
      right,
      ...{ service, checkout, implementation, language: typescript, pool, jobs: 2 },
      order: new CaseOrder(cases.filter(({ name }) => name === "inventory/items/not-found")),
    });
  }

  it("is killed by the first case that fails, and leaves no copy behind", async () => {
    const before = copies();
    const { outcome, by } = await verdictOf("export const getItem = async () => ({});\n");
    expect(outcome).to.equal("killed");
    expect(by?.name).to.equal("inventory/items/not-found");
    expect(copies()).to.deep.equal(before);
  });

  it("survives when no case fails", async () => {
    const right = readFileSync(join(implementation.folder, replaces), "utf8");
    expect((await verdictOf(right)).outcome).to.equal("survived");
  });

  it("that does not start counts neither way", async () => {
    expect((await verdictOf("throw new Error();\n")).outcome).to.equal("not-started");
  });
});
