import { randomUUID } from "node:crypto";
import { eventually } from "@theseus/testing";
import { expect } from "chai";
import { HttpClient, registeredUser } from "./http-client.js";
import { shop } from "./root-hooks.js";

/** Logs are written a moment later. */
const WRITTEN_MS = 20_000;

describe("theseus explain payments/…", () => {
  /** The name of a payment, and its reservation's. */
  async function paid(cardToken: string) {
    const http = new HttpClient(shop().edge);
    const { token } = await registeredUser(http);
    const lines = [{ item: "items/rope", quantity: 1 }];
    const held = await http.post("/v1/reservations", { lines }, { token, key: randomUUID() });
    const body = { reservation: held.body.name, cardToken };
    const answer = await http.post("/v1/payments", body, { token, key: randomUUID() });
    const name: string = answer.body.name ?? answer.body.error.details[0].metadata.payment;
    return { name, reservation: held.body.name as string };
  }

  /** What is told of it, as soon as that is all. */
  async function toldOf(name: string, all: RegExp): Promise<string> {
    let told = "";
    const isTold = async () => {
      told = (await shop().theseus("explain", name)).stdout;
      return all.test(told);
    };
    await eventually(name, isTold, { withinMs: WRITTEN_MS, everyMs: 300 }).catch(() => {});
    expect(told).to.match(all);
    return told;
  }

  it("tells events and who wrote them, reservation, ledger and the request of one that was captured", async () => {
    const { name, reservation } = await paid("card-ok");
    const told = await toldOf(name, /provider: CardProvider\.Capture · OK/);
    const [first] = told.split("\n");
    expect(first).to.equal(`${name} is CAPTURED: 19.9 EUR taken.`);
    for (const [at, type] of ["CREATED", "AUTHORIZED", "STOCK_COMMITTED", "CAPTURED"].entries())
      expect(told).to.match(
        new RegExp(`^ {2}${at + 1} .*Z .* ${type} .*payment-1 \\(\\w+@[0-9a-f]{12}\\), request `, "m"),
      );
    expect(told).to.include(`  ${reservation} is COMMITTED by ${name}: 19.9 EUR.`);
    expect(told).to.match(/Ledger of the card provider\n.* AUTHORIZED +19\.9 EUR\n.* CAPTURED +19\.9 EUR\n/);
    expect(told).to.match(/^POST \/v1\/payments was answered in \d+ ms/m);
  });

  it("says why one has failed", async () => {
    const { name } = await paid("card-declined");
    const told = await toldOf(name, /^POST \/v1\/payments failed/m);
    expect(told.split("\n").slice(0, 2)).to.eql([
      `${name} is FAILED, because the card was declined.`,
      "  docs/errors.md says what PAYMENT_DECLINED means",
    ]);
  });

  it("says which part could not be read, and tells the others", async () => {
    const { name } = await paid("card-ok");
    const pid = Number((await shop().theseus("pid", "provider")).stdout);
    process.kill(pid, "SIGSTOP");
    try {
      const { stdout } = await shop().theseus("explain", name);
      expect(stdout).to.match(/^payments\/\w+ is CAPTURED: /);
      expect(stdout).to.match(
        /Ledger of the card provider\n {2}Not read: the card provider, asked through payment's sidecar, answered DEADLINE_EXCEEDED: /,
      );
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  it("knows none that is not there", async () => {
    const { code, stderr } = await shop().theseus("explain", "payments/none-such");
    expect([code, stderr.trim()]).to.eql([
      1,
      `There is no payments/none-such: the shop has none, and the logs in ${shop().home}/logs do not know it.`,
    ]);
  });
});
