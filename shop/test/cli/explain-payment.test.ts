import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratchFolder } from "@theseus/testing";
import { expect } from "chai";
import { theseus } from "./command-line.js";

const ID = "k3m9x0a1b2c3d4e5f6g7";
const NAME = `payments/${ID}`;
const REQUEST = "11111111-2222-4333-8444-555555555555";
const PAY = "/theseus.payment.v1.PaymentService/CreatePayment";

type Fields = Readonly<Record<string, unknown>>;

describe("theseus explain payments/…, of a shop that has ended", () => {
  const home = createScratchFolder();
  after(() => home[Symbol.dispose]());

  const at = (ms: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + ms).toISOString();
  const line = (ms: number, fields: Fields) =>
    JSON.stringify({ time: at(ms), level: "info", name: "payment", request_id: REQUEST, ...fields });
  const event = (ms: number, sequence: number, type: string, fields: Fields = {}) =>
    line(ms, { event: "payment-event", payment: ID, sequence, type, msg: `${type} is written`, ...fields });
  const unanswered = (ms: number, fields: Fields = {}) =>
    line(ms, { event: "unanswered", payment: ID, question: "AUTHORIZE", code: "UNAVAILABLE", ...fields });

  /** What payment-1 and its sidecar have logged. */
  function logged(...lines: readonly string[]): void {
    const logs = join(home.path, "logs");
    mkdirSync(logs, { recursive: true });
    const access = {
      ...{ time: at(0), request_id: REQUEST, listener: "mesh", route: PAY, path: PAY, duration_ms: 900 },
      ...{ implementation: "java@0123456789ab", status: 200, grpc_status: "OK", details: "via_upstream" },
    };
    writeFileSync(join(logs, "payment-1.log"), `${lines.join("\n")}\n`);
    writeFileSync(join(logs, "payment-1-access.log"), `${JSON.stringify(access)}\n`);
  }

  const explain = (...args: readonly string[]) => theseus(home.path, "explain", ...args);

  it("tells from the logs how it stood, why, and who wrote each event, and what could not be read", async () => {
    logged(
      event(10, 1, "CREATED", { reservation: "reservations/r1" }),
      event(40, 2, "ABORTING", { failure: "DECLINED" }),
      event(55, 3, "FAILED", { failure: "DECLINED" }),
    );
    const { code, stdout } = await explain(NAME);
    expect(code).to.equal(0);
    expect(stdout.split("\n").slice(0, 2)).to.eql([
      `${NAME} was FAILED when the logs ended, because the card was declined.`,
      "  docs/errors.md says what PAYMENT_DECLINED means",
    ]);
    expect(stdout).to.match(
      new RegExp(
        `3 {2}2026-01-02T03:04:05\\.055Z {2}\\+45 ms .*payment-1 \\(java@0123456789ab\\), request ${REQUEST}`,
      ),
    );
    const missing = `Not read: no shop runs in ${home.path}.`;
    expect(stdout).to.include(`Reservation\n  ${missing}`);
    expect(stdout).to.include(`Ledger of the card provider\n  ${missing}`);
    expect(stdout).to.include("payment-1 (java@0123456789ab) at mesh: PaymentService.CreatePayment");
  });

  it("names whom it waited for, and how often that was asked", async () => {
    logged(event(10, 1, "CREATED"), unanswered(20), unanswered(200), unanswered(500));
    const [first] = (await explain(NAME)).stdout.split("\n");
    expect(first).to.equal(
      `${NAME} was CREATED when the logs ended and goes on, because the card provider does not answer AUTHORIZE (UNAVAILABLE, asked 3 times).`,
    );
  });

  it("does not blame a question that was answered since", async () => {
    logged(event(10, 1, "CREATED"), unanswered(20), event(300, 2, "AUTHORIZED"));
    const [first] = (await explain(NAME)).stdout.split("\n");
    expect(first).to.equal(`${NAME} was AUTHORIZED when the logs ended and goes on.`);
  });

  it("says all in JSON", async () => {
    logged(event(10, 1, "CREATED"), event(20, 2, "AUTHORIZED"));
    const story = JSON.parse((await explain(NAME, "--json")).stdout);
    expect(story).to.include({ name: NAME });
    expect(story.events.map(({ type }: Fields) => type)).to.eql(["CREATED", "AUTHORIZED"]);
    expect(story.ledger).to.eql({ missing: `no shop runs in ${home.path}` });
    expect(story.outcome.state).to.equal("AUTHORIZED");
    expect(story.requests).to.have.length(1);
  });

  it("knows none of another id, in one line", async () => {
    logged(event(10, 1, "CREATED"));
    const { code, stdout, stderr } = await explain("payments/k3m9x0a1b2");
    expect([code, stdout]).to.eql([1, ""]);
    expect(stderr.trim().split("\n")).to.have.length(1);
    expect(stderr).to.match(/^The logs in .* do not know payments\/k3m9x0a1b2, and no shop runs in /);
  });

  it("refuses what is no name of a payment, and says what one is", async () => {
    for (const name of ["payments/", "payments/A", "payments/a/b"]) {
      const { code, stderr } = await explain(name);
      expect(code, name).to.equal(2);
      expect(stderr).to.include("is no name of a payment.");
    }
    expect((await explain("items/rope")).code).to.equal(2);
  });
});
