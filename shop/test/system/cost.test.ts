import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CostReport } from "@theseus/runtime/cost";
import { expect } from "chai";
import { shop } from "./root-hooks.js";

describe("theseus cost", () => {
  let folder: string;
  const { TMPDIR } = process.env;
  before(function () {
    if (process.platform !== "linux") {
      for (const test of this.test?.parent?.tests ?? []) test.title += " (skipped: this has no /proc)";
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "cost-"));
    process.env.TMPDIR = folder;
  });
  after(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("measures each call of its own mix by process, on a shop of its own that is gone afterwards", async () => {
    const file = join(folder, "cost.json");
    const args = ["--rounds", "2", "--warm-up", "0", "--calls", "20", "--report", file];
    const { code, stdout, stderr } = await shop().theseus("cost", ...args);
    expect(stderr).to.equal("");
    expect(code).to.equal(0);
    expect(shopsLeft()).to.eql([]);
    const report = JSON.parse(readFileSync(file, "utf8")) as CostReport & { kinds: Record<string, string> };
    const [variant] = report.variants;
    expect(variant?.journeys.map(({ journey }) => journey)).to.include("reserve and pay");
    const pay = variant?.journeys
      .flatMap(({ steps }) => steps)
      .find(({ step }) => step === "PaymentService.CreatePayment");
    expect(pay?.total.mean).to.be.above(0);
    expect(pay?.rounds).to.have.length(2);
    expect(Object.keys(pay?.processes ?? {})).to.include.members([
      ...["gateway-1", "gateway-1-envoy", "payment-1", "payment-1-envoy", "payment-store", "provider"],
    ]);
    expect(report.kinds).to.include({ "gateway-1": "gateway", "payment-1-envoy": "sidecar" });
    expect(stdout).to.contain("PaymentService.CreatePayment").and.contain("steps of 10 ms");
  }).timeout(300_000);

  it("gives up when a call fails, says which, and leaves nothing", async () => {
    const mix = join(folder, "wrong.yaml");
    const step = "{ name: look, call: GET /v1/items/none-such }";
    writeFileSync(mix, `journeys:\n  - name: look at nothing\n    weight: 1\n    steps:\n      - ${step}\n`);
    const { code, stderr } = await shop().theseus("cost", "--rounds", "2", "--mix", mix);
    expect(stderr).to.contain("look was answered 404 ITEM_NOT_FOUND");
    expect(code).to.equal(1);
    expect(shopsLeft()).to.eql([]);
  }).timeout(300_000);

  /** Folders of shops and of their sockets. */
  function shopsLeft(): readonly string[] {
    return readdirSync(folder).filter((name) => name.startsWith("theseus-"));
  }
});
