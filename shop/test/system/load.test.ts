import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { LoadReport } from "@theseus/runtime/load";
import { expect } from "chai";
import { shop } from "./root-hooks.js";
import { theseusBin } from "./shop.js";

describe("theseus load", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(shop().home, "load-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = (file: string): LoadReport => JSON.parse(readFileSync(file, "utf8"));

  it("makes every journey of its own mix, and reports each without a failure", async () => {
    const all = readFileSync(new URL("../../../load/usual.yaml", import.meta.url), "utf8");
    // Each as often as any other: few are made in seconds.
    const [mix, file] = [join(folder, "even.yaml"), join(folder, "report.json")];
    writeFileSync(mix, all.replaceAll(/weight: \d+/g, "weight: 1"));
    const args = ["--mix", mix, "--rate", "4", "--for", "15s", "--seed", "5", "--report", file];
    const { code, stdout, stderr } = await shop().theseus("load", ...args);
    expect(stderr).to.equal("");
    expect(stdout).to.contain("Nothing failed.").and.contain("PAYMENT_DECLINED (expected)");
    expect(code).to.equal(0);
    const report = read(file);
    expect(report).to.include({ failed: 0, notSent: 0, unfinished: 0, failedCalls: 0, seed: 5 });
    expect(report.journeys.map(({ started, succeeded }) => started > 0 && succeeded === started)).to.eql(
      report.journeys.map(() => true),
    );
    const declined = report.journeys.find(({ journey }) => journey === "a declined card")?.steps.at(-1);
    expect(declined).to.include({ failed: 0 });
    expect(declined?.refused).to.equal(declined?.calls);
  }).timeout(120_000);

  it("ends with 1 when something fails, and says with which reason", async () => {
    const mix = join(folder, "wrong.yaml");
    const step = "{ name: look, call: GET /v1/items/none-such }";
    writeFileSync(mix, `journeys:\n  - name: look at nothing\n    weight: 1\n    steps:\n      - ${step}\n`);
    const { code, stdout } = await shop().theseus(
      "load",
      "--mix",
      mix,
      "--rate",
      "2",
      "--for",
      "5s",
      "--json",
    );
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { report: LoadReport };
    const { calls, failed, journeys } = last.report;
    expect(failed).to.be.above(0).and.to.equal(calls);
    expect(journeys[0]?.steps[0]?.ends).to.eql([
      { status: 404, reason: "ITEM_NOT_FOUND", failed: true, calls },
    ]);
    expect(code).to.equal(1);
  }).timeout(120_000);

  it("is ended by Ctrl-C with a report of what ran", async () => {
    const args = [theseusBin, "load", "--rate", "5", "--for", "1h", "--json"];
    const child = spawn(process.execPath, args, { env: shop().environment() });
    const exit = once(child, "exit");
    let report: LoadReport | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const told = JSON.parse(line) as { live?: { callsPerSecond: number }; report?: LoadReport };
      if ((told.live?.callsPerSecond ?? 0) > 0) child.kill("SIGINT");
      report = told.report;
    }
    expect(report).to.include({ failed: 0, unfinished: 0 });
    expect(report?.started).to.be.above(0);
    expect((await exit)[0]).to.equal(0);
  }).timeout(120_000);
});
