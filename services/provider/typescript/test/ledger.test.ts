import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CaptureOutcome, LedgerEntryType } from "@theseus/contract/theseus/provider/v1/card_provider.js";
import { newId } from "@theseus/kit";
import { createScratchFolder, createSmallDisk, eventually } from "@theseus/testing";
import { expect } from "chai";
import { failedStart, type Provider, startProvider } from "./support/provider.js";

const AMOUNT = { currencyCode: "EUR", units: 1n, nanos: 0 };

describe("the card provider's ledger", () => {
  const folder = createScratchFolder();
  after(() => folder[Symbol.dispose]());

  it("has everything that was answered after kill -9 under load", async () => {
    const path = join(folder.path, "killed.jsonl");
    const answered: string[] = [];
    for (let round = 0; round < 3; round++) {
      const provider = await startProvider(path);
      const load = Promise.all(Array.from({ length: 16 }, () => authorizeUntilItFails(provider, answered)));
      const enough = answered.length + 150;
      await eventually("much is answered", () => answered.length, { until: (count) => count >= enough });
      await provider.kill();
      await load;
    }
    const provider = await startProvider(path);
    for (const paymentId of answered) {
      expect((await provider.client.capture({ paymentId })).outcome).to.equal(
        CaptureOutcome.CAPTURE_OUTCOME_CAPTURED,
      );
    }
    await provider.kill();
  });

  it("drops a torn last line, and goes on after it", async () => {
    const path = join(folder.path, "torn.jsonl");
    const first = await startProvider(path);
    await first.client.authorize({ paymentId: "whole", amount: AMOUNT, cardToken: "card-ok" });
    await first.kill();
    const whole = readFileSync(path, "utf8");
    appendFileSync(path, whole.replace("whole", "torn").slice(0, 60));
    const second = await startProvider(path, { LOG_LEVEL: "warn" });
    await second.process.line("what it dropped", (line) => line.includes('"dropped"'));
    expect(second.process.lines()[0]).to.include('"listening"');
    await second.client.cancel({ paymentId: "next" });
    await second.kill();
    const third = await startProvider(path);
    const { entries } = await third.client.listLedger({ pageSize: 0, pageToken: "", paymentId: "" });
    expect(entries.map(({ paymentId, type }) => [paymentId, type])).to.deep.equal([
      ["whole", LedgerEntryType.LEDGER_ENTRY_TYPE_AUTHORIZED],
      ["next", LedgerEntryType.LEDGER_ENTRY_TYPE_CANCELLED],
    ]);
    await third.kill();
  });

  it("refuses while its disk is full, and goes on by itself when there is space again", async function () {
    const mount = join(folder.path, "disk");
    mkdirSync(mount);
    const disk = createSmallDisk(mount, 1);
    if (disk === undefined) return this.skip();
    using _ = disk;
    const path = join(mount, "full.jsonl");
    const provider = await startProvider(path);
    const authorize = (paymentId: string) =>
      provider.client.authorize({ paymentId, amount: AMOUNT, cardToken: "card-ok" });
    await authorize("before");
    disk.fill();
    const refused = await eventually("the disk is full", async () => {
      const paymentId = newId();
      return authorize(paymentId).then(
        () => undefined,
        () => paymentId,
      );
    });
    disk.free();
    await eventually("it takes authorisations again", () => authorize(refused));
    await authorize("after");
    await provider.kill();
    const next = await startProvider(path);
    const { entries } = await next.client.listLedger({ pageSize: 0, pageToken: "", paymentId: "" });
    const ids = entries.map(({ paymentId }) => paymentId);
    expect(ids).to.include.members(["before", refused, "after"]);
    expect(new Set(ids).size, "each is there once").to.equal(ids.length);
    await next.kill();
  });

  it("does not start with a damaged line in the middle, and says which", async () => {
    const path = join(folder.path, "damaged.jsonl");
    const provider = await startProvider(path);
    for (const paymentId of ["a", "b", "c"]) await provider.client.cancel({ paymentId });
    await provider.kill();
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.with(1, "{damaged").join("\n"));
    const { code, stdout } = await failedStart(path);
    expect(code).to.equal(78);
    const said = stdout.trim().split("\n");
    expect(said).to.have.length(1);
    expect(said[0]).to.contain("LEDGER").and.to.contain("line 2 is damaged");
  });

  it("does not keep card tokens", async () => {
    const path = join(folder.path, "tokens.jsonl");
    const provider = await startProvider(path);
    await provider.client.authorize({ paymentId: newId(), amount: AMOUNT, cardToken: "card-of-anna" });
    await provider.kill();
    expect(readFileSync(path, "utf8")).to.not.contain("card-of-anna");
  });
});

async function authorizeUntilItFails({ client }: Provider, answered: string[]): Promise<void> {
  for (;;) {
    const paymentId = newId();
    try {
      await client.authorize({ paymentId, amount: AMOUNT, cardToken: "card-ok" });
    } catch {
      return;
    }
    answered.push(paymentId);
  }
}
