import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { descriptorSetBytes } from "@theseus/contract/descriptor-set";
import { findImplementation, type Implementation } from "@theseus/runtime";
import { openProofs, ProofFault, type Proven } from "@theseus/runtime/certificate";
import { describeHome, type ProofDefinition, prepareHome } from "@theseus/runtime/control";
import { createScratchFolder, rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { proof } from "../../src/proof.js";

const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

/** The real suite takes a minute: these are the few cases that a test needs. */
function only(cases: string, fingerprint = proof.fingerprint): ProofDefinition {
  const checks: ProofDefinition["checks"] = (tested) =>
    proof.checks(tested).map((check) => {
      const [program, ...args] = check.command;
      const chosen = [...args.slice(0, -1), "--case", cases, ...args.slice(-1)];
      return check.hasResults ? { ...check, command: [program, ...chosen] as const } : check;
    });
  return { ...proof, checks, fingerprint };
}

describe("the gate of the shop", () => {
  const scratch = createScratchFolder();
  after(() => scratch[Symbol.dispose]());

  it("proves an implementation by the suite, the contract by reflection", async () => {
    const contract = only("protocol/reflection/contract");
    const said: string[] = [];
    const { certificate } = await prove(built(), contract, said);
    const { payload } = JSON.parse(readFileSync(certificate, "utf8")) as { readonly payload: string };
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString());
    expect(predicate.passedTests).to.deep.equal([
      "contract against the released ones",
      "protocol/reflection/contract",
    ]);
    expect(said.join("\n")).to.contain("suite: 1 passed, 0 failed");
    expect((await prove(built(), contract)).reused).to.equal(true);
  });

  it("refuses one that takes seconds for milliseconds, by the clause that it breaks", async () => {
    using candidate = copyInventory();
    const rules = join(candidate.folder, "dist/src/rules/reservation.js");
    const right = readFileSync(rules, "utf8");
    const wrong = right.replace("return durationMs(", "return 1000 * durationMs(");
    expect(wrong).not.to.equal(right);
    writeFileSync(rules, wrong);
    const { folder } = candidate;
    const fault = await rejectionOf(prove(built(folder), only("inventory/reserve/*", [])), ProofFault);
    expect(fault.problem)
      .to.contain("inventory (a copy) does not keep the contract")
      .and.contain("cases fail");
    const [failure] = fault.failures;
    expect(failure?.clauses).not.to.deep.equal([]);
    expect(fault.problem).to.contain(`${failure?.clauses.join(", ")}: ${failure?.test}`);
    expect(failure?.repeat).to.equal(
      `npx theseus-conformance run --service inventory --impl ${folder} --case ${failure?.test}`,
    );
  });

  async function prove(
    implementation: Implementation,
    definition: ProofDefinition,
    said: string[] = [],
  ): Promise<Proven> {
    const home = describeHome(join(scratch.path, "home"));
    prepareHome(home);
    const contract = descriptorSetBytes();
    const proofs = await openProofs({ home, checkout, env: process.env, contract, definition });
    const source = implementation.folder.startsWith(join(checkout, "services")) ? {} : { source: "a copy" };
    return proofs.prove({ service: "inventory", implementation, ...source }, (line) => said.push(line));
  }
}).timeout(180_000);

/** The tests are built when they run. */
function built(folder?: string): Implementation {
  const { build: _, ...implementation } = findImplementation(checkout, "inventory", "typescript");
  return { ...implementation, ...(folder !== undefined && { folder }) };
}

/** What runs of the inventory in TypeScript, below the checkout, where its imports are found. */
function copyInventory(): { readonly folder: string } & Disposable {
  mkdirSync(join(checkout, ".theseus"), { recursive: true, mode: 0o700 });
  const above = mkdtempSync(join(checkout, ".theseus", "copy-"));
  const original = findImplementation(checkout, "inventory", "typescript").folder;
  const folder = join(above, "typescript");
  for (const each of ["package.json", "implementation.json", "dist/src"])
    cpSync(join(original, each), join(folder, each), { recursive: true });
  cpSync(join(original, "../lua"), join(above, "lua"), { recursive: true });
  return { folder, [Symbol.dispose]: () => rmSync(above, { recursive: true, force: true }) };
}
