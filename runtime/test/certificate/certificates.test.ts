import { cpSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rejectionOf } from "@theseus/testing";
import { expect } from "chai";
import { ProofFault, type Proven } from "../../src/certificate/index.js";
import { createShipyard, type Shipyard } from "./shipyard.js";

describe("a certificate of an implementation", () => {
  let yard: Shipyard;
  beforeEach(() => {
    yard = createShipyard();
  });
  afterEach(() => yard[Symbol.dispose]());

  it("is made by the suite, of the copy that is started, and found again", async () => {
    const said: string[] = [];
    const first = await prove(said);
    expect(said.join("\n")).to.contain("suite: 2 passed, 0 failed");
    expect(first.reused).to.equal(false);
    expect(first.implementation.folder).to.contain(join(yard.home.path, "builds"));
    const again = await prove();
    expect(again).to.deep.equal({ ...first, reused: true });
  });

  it("is not made of one that fails, which is told the clause and the command that repeats it", async () => {
    yard.write("fleet/ship/go/bin/ship", "a ship that sinks");
    const fault = await rejectionOf(prove(), ProofFault);
    expect(fault.problem)
      .to.contain("ship (go) does not keep the contract: 1 of 2 cases fail.")
      .and.contain("hull.tight: ship/floats")
      .and.contain("it sank")
      .and.contain("repeat  run ship go ship/floats");
    expect(fault.failures).to.have.length(1);
  });

  it("is not made where the suite does not run, or says nothing of single cases", async () => {
    yard.write("suite/run.mjs", "console.error('no wind'); process.exitCode = 1;");
    expect((await rejectionOf(prove(), ProofFault)).problem).to.contain("no wind");
    yard.write("suite/run.mjs", "console.log('nothing to do')");
    expect((await rejectionOf(prove(), ProofFault)).problem).to.contain("nothing to do");
  });

  it("is not made where a case was skipped", async () => {
    const results = '{"results":[{"name":"ship/contract","outcome":"skipped"}]}';
    yard.write("suite/run.mjs", `import fs from "node:fs"; fs.writeFileSync(process.argv[3], '${results}')`);
    expect((await rejectionOf(prove(), ProofFault)).problem)
      .to.contain("ship/contract")
      .and.contain("skipped");
  });

  it("is not made where nothing has compared the contract", async () => {
    const proofs = await yard.proofs({ fingerprint: ["ship/other"] });
    const proven = proofs.prove({ service: "ship", implementation: yard.implementation() }, () => undefined);
    expect((await rejectionOf(proven, ProofFault)).problem).to.contain(
      "nothing has compared its contract (ship/other)",
    );
  });

  it("is not made of what changes while it is tested", async () => {
    const changing = yard
      .read("suite/run.mjs")
      .replace("const [", "writeFileSync('suite/cases.yaml', 'x'); const [");
    yard.write("suite/run.mjs", changing);
    expect((await rejectionOf(prove(), ProofFault)).problem).to.contain(
      '"suite: cases" changed during the test',
    );
  });

  const changes: Readonly<Record<string, (proven: Proven) => void>> = {
    "suite: cases": () => yard.write("suite/cases.yaml", "caseS"),
    "suite: played peers": () => yard.write("suite/peers.yaml", "peerS"),
    "suite: runner": () => yard.write("suite/run.mjs", `${yard.read("suite/run.mjs")} `),
    "storage page": () => yard.write("fleet/ship/storage.md", "What is kept"),
    "store scripts": () => yard.write("fleet/ship/lua/load.lua", "return 2"),
    "implementation: sources": () => yard.write("fleet/ship/go/main.go", "package maim"),
    "implementation: lock files": () => yard.write("fleet/ship/go/go.sum", "h2:"),
    "what was built": ({ implementation }) =>
      writeFileSync(join(implementation.folder, "bin/ship"), "A ship"),
    runtime: ({ implementation }) =>
      writeFileSync(join(implementation.folder, "version.mjs"), "console.log('1.0 of a dock')"),
    "environment: LANG": () => Object.assign(yard.env, { LANG: "D" }),
    "environment: LC_ALL": () => Object.assign(yard.env, { LC_ALL: "C" }),
    "environment: TZ": () => Object.assign(yard.env, { TZ: "UTC" }),
    "environment: JAVA_HOME": () => Object.assign(yard.env, { JAVA_HOME: "/java" }),
    "environment: LD_LIBRARY_PATH": () => Object.assign(yard.env, { LD_LIBRARY_PATH: "/lib" }),
    "environment: NODE_OPTIONS": () => Object.assign(yard.env, { NODE_OPTIONS: "--no-warnings" }),
  };
  for (const [name, change] of Object.entries(changes))
    it(`does not hold, and names it, when one byte of ${name} has changed`, async () => {
      const proven = await prove();
      await assertProven(proven);
      change(proven);
      const { problem } = await rejectionOf(assertProven(proven), ProofFault);
      expect(problem).to.contain(`"${name}" has changed`);
    });

  it("does not hold when the contract has changed", async () => {
    const proven = await prove();
    const { options, key } = await yard.proofs();
    const { Proofs } = await import("../../src/certificate/index.js");
    const proofs = new Proofs({ ...options, contract: new Uint8Array([1, 2, 4]) }, key);
    const asserted = proofs.assertProven("ship", proven.implementation, proven.certificate);
    expect((await rejectionOf(asserted, ProofFault)).problem).to.contain('"contract" has changed');
  });

  it("holds whatever becomes of pages, tests, times, PATH and HOME", async () => {
    const proven = await prove();
    yard.write("README.md", "another page");
    yard.write("fleet/ship/go/README.md", "another page");
    yard.write("fleet/ship/go/main_test.go", "package main // with a comment");
    yard.write("suite/run.test.mjs", "another test");
    for (const path of ["suite/cases.yaml", "fleet/ship/go/bin/ship", "fleet/ship/go/main.go"])
      utimesSync(join(yard.checkout, path), 1, 1);
    Object.assign(yard.env, { HOME: "/elsewhere", PATH: `${yard.env.PATH}:/elsewhere`, SHELL: "sh" });
    await assertProven(proven);
    expect((await prove()).reused).to.equal(true);
  });

  it("holds in a checkout of another name", async () => {
    const { certificate } = await prove();
    const moved = `${yard.checkout}-moved`;
    cpSync(yard.checkout, moved, { recursive: true });
    const { options, key } = await yard.proofs();
    const { Proofs } = await import("../../src/certificate/index.js");
    const proofs = new Proofs({ ...options, checkout: moved }, key);
    const candidate = { service: "ship", implementation: yard.implementation(join(moved, "fleet/ship/go")) };
    expect(await proofs.prove(candidate, () => undefined)).to.include({ certificate, reused: true });
  });

  it("makes the copy anew that somebody has changed", async () => {
    const { implementation } = await prove();
    writeFileSync(join(implementation.folder, "bin/ship"), "a wreck");
    await assertProven(await prove());
    rmSync(join(implementation.folder, "bin"), { recursive: true });
    await assertProven(await prove());
  });

  it("says which tests the implementation in another build has not passed", async () => {
    const said: string[] = [];
    await prove();
    yard.write("fleet/ship/go/bin/ship", "a better ship");
    expect((await prove(said)).reused).to.equal(false);
    expect(said.join("\n")).to.contain('its certificate does not hold: "what was built" has changed');
  });

  async function prove(said: string[] = []): Promise<Proven> {
    const proofs = await yard.proofs();
    return proofs.prove({ service: "ship", implementation: yard.implementation() }, (line) =>
      said.push(line),
    );
  }

  async function assertProven({ implementation, certificate }: Proven): Promise<void> {
    await (await yard.proofs()).assertProven("ship", implementation, certificate);
  }
});
