import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { measureRound } from "../../src/cost/round.js";
import { Fault } from "../../src/fault.js";
import { type HttpCalls, openHttpCalls } from "../../src/load/http-calls.js";
import type { Step } from "../../src/load/mix.js";

describe("a round of measurement", () => {
  const order: string[] = [];
  const server = createServer((request, response) => {
    const { url = "" } = request;
    order.push(url);
    if (url === "/slow") burn(5);
    response.statusCode = url === "/closed" ? 503 : 200;
    response.end(JSON.stringify({ name: "next" }));
  });
  let http: HttpCalls;
  before(async function () {
    if (process.platform !== "linux") {
      for (const test of this.test?.parent?.tests ?? []) test.title += " (skipped: this has no /proc)";
      return this.skip();
    }
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    http = openHttpCalls((server.address() as AddressInfo).port);
  });
  beforeEach(() => order.splice(0));
  after(() => {
    http?.[Symbol.dispose]();
    server.close();
  });

  const step = (path: string, more: Partial<Step> = {}): Step => ({
    name: path,
    method: "GET",
    path,
    ...more,
  });
  const measure = (steps: readonly Step[], processes = new Map([["self", process.pid]])) =>
    measureRound({
      ...{ mix: { journeys: [{ name: "land", weight: 1, steps }] }, http, processes },
      ...{ visitor: () => ({ values: {}, tokens: {} }), calls: 20, atOnce: 4, idleMs: 200 },
    });

  it("lets all take the first step before any takes the second, with what each has kept", async () => {
    await measure([step("/first", { keep: { after: "name" } }), step(`/\${after}`)]);
    expect(order).to.eql([...Array(20).fill("/first"), ...Array(20).fill("/next")]);
  });

  it("sees the processor time that a step uses", async () => {
    const { idle, steps } = await measure([step("/slow"), step("/quick")]);
    const [slow, quick] = steps.map(({ cpu }) => cpu.get("self") ?? 0);
    expect(idle.cpu.get("self")).to.be.below(slow ?? 0);
    // 20 times 5 ms, in steps of 10 ms.
    expect(slow).to.be.at.least(0.09);
    expect(slow).to.be.above(quick ?? 0);
    expect(steps[0]).to.include({ journey: "land", step: "/slow", calls: 20 });
  });

  it("is given up for a call that fails, and for a process that has ended", async () => {
    const failed = await measure([step("/closed")]).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Fault).with.property("problem").that.contains("/closed was answered 503");
    const ended = await measure([step("/quick")], new Map([["gone", 2 ** 22 + 1]])).catch((error) => error);
    expect(ended).to.be.instanceOf(Fault).with.property("problem").that.contains("gone (pid");
  });
});

/** Uses the processor for so many milliseconds of its own time. */
function burn(ms: number): void {
  const { user, system } = process.cpuUsage();
  for (let used = 0; used < ms * 1_000; ) {
    const now = process.cpuUsage();
    used = now.user + now.system - user - system;
  }
}
