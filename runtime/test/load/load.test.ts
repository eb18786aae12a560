import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type HttpCalls, openHttpCalls } from "../../src/load/http-calls.js";
import type { StepResult } from "../../src/load/journey.js";
import { takeJourney } from "../../src/load/journey.js";
import { Latencies } from "../../src/load/latencies.js";
import { createLoad } from "../../src/load/load.js";
import type { Journey, Step } from "../../src/load/mix.js";
import { createRandom } from "../../src/load/random.js";
import { JourneyTally } from "../../src/load/tally.js";

const refusal = { error: { status: "FAILED_PRECONDITION", details: [{ reason: "PIER_CLOSED" }] } };
const step = (name: string, more: Partial<Step> = {}): Step => ({ name, method: "GET", path: "/a", ...more });
const journey = (...steps: readonly Step[]): Journey => ({ name: "land", weight: 1, steps });

describe("a load", () => {
  const asked: { readonly url: string; readonly bearer: string; readonly body: string }[] = [];
  let hold: Promise<void> | undefined;
  const server = createServer(async (request, response) => {
    const { url = "", headers } = request;
    asked.push({ url, bearer: headers.authorization ?? "", body: await textOf(request) });
    await hold;
    if (url === "/cut") return void request.socket.destroy();
    response.statusCode = url === "/closed" ? 400 : 200;
    response.end(JSON.stringify(url === "/closed" ? refusal : { name: "piers/1", state: "OPEN" }));
  });
  let http: HttpCalls;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    http = openHttpCalls((server.address() as AddressInfo).port);
  });
  beforeEach(() => {
    asked.length = 0;
    hold = undefined;
  });
  after(() => {
    http[Symbol.dispose]();
    server.close();
  });

  const visitor = { values: { berth: "berths/7" }, tokens: { sailor: async () => "of-the-sailor" } };
  const take = async (...steps: readonly Step[]) => {
    const results: StepResult[] = [];
    const note = (result: StepResult) => void results.push(result);
    const isGood = await takeJourney(journey(...steps), { http, visitor, dueMs: performance.now(), note });
    return { isGood, ends: results.map(({ status, reason, failed }) => ({ status, reason, failed })) };
  };

  it("fills into each call what the visitor has and what answers said", async () => {
    const land = step("b", { method: "POST", path: `/\${pier}`, as: "sailor", body: { at: [`\${berth}`] } });
    const { isGood } = await take(step("a", { keep: { pier: "name" } }), land);
    expect(isGood).to.equal(true);
    expect(asked[1]).to.eql({ url: "/piers/1", bearer: "Bearer of-the-sailor", body: '{"at":["berths/7"]}' });
  });

  const ends: readonly (readonly [what: string, step: Step, end: object])[] = [
    ["an answer", step("a"), { status: 200, reason: "", failed: false }],
    ["a refusal", step("a", { path: "/closed" }), { status: 400, reason: "PIER_CLOSED", failed: true }],
    [
      "a refusal that is expected",
      step("a", { path: "/closed", refused: "PIER_CLOSED" }),
      { status: 400, reason: "PIER_CLOSED", failed: false },
    ],
    [
      "another refusal than the one that is expected",
      step("a", { path: "/closed", refused: "PIER_FULL" }),
      { status: 400, reason: "PIER_CLOSED", failed: true },
    ],
    [
      "no refusal where one is expected",
      step("a", { refused: "PIER_FULL" }),
      { status: 200, reason: "not refused with PIER_FULL", failed: true },
    ],
    [
      "a field that says something else",
      step("a", { expect: { state: "SHUT" } }),
      { status: 200, reason: "state is OPEN", failed: true },
    ],
    [
      "a field that is needed and not there",
      step("a", { keep: { mast: "masts.0.name" } }),
      { status: 200, reason: "no masts.0.name in the answer", failed: true },
    ],
    ["a broken connection", step("a", { path: "/cut" }), { status: 0, reason: "ECONNRESET", failed: true }],
    ["nobody who can sign in", step("a", { as: "pirate" }), { status: 0, reason: "NO_TOKEN", failed: true }],
  ];
  for (const [what, only, end] of ends)
    it(`knows ${what}, and ends the journey when that is a failure`, async () => {
      const { isGood, ends } = await take(only, step("next"));
      expect(ends[0]).to.eql(end);
      expect(isGood).to.equal(!ends[0]?.failed);
      expect(ends).to.have.length(isGood ? 2 : 1);
    });

  it("counts a latency from when the call was to be sent", async () => {
    const results: StepResult[] = [];
    const dueMs = performance.now() - 5_000;
    const note = (result: StepResult) => void results.push(result);
    await takeJourney(journey(step("a"), step("b")), { http, visitor, dueMs, note });
    expect(results[0]?.latencyMs).to.be.at.least(5_000);
    expect(results[1]?.latencyMs).to.be.below(5_000);
  });

  it("reports what was not sent and what did not end, and never more under way than asked for", async () => {
    hold = new Promise(() => {});
    const random = createRandom(3);
    const mix = { journeys: [journey(step("a"))] };
    const options = { mix, http, visitor: () => visitor, rate: 1_000, forMs: 60_000, most: 3, random };
    const load = createLoad(options);
    const over = new AbortController();
    const urgent = new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve()));
    const running = load.run(over.signal, urgent);
    while (load.live().notSent < 5) await new Promise(setImmediate);
    expect(load.live().inFlight).to.equal(3);
    over.abort();
    const report = await running;
    expect(report).to.include({ started: 3, unfinished: 3, succeeded: 0, failed: 0, calls: 0 });
    expect(report.notSent).to.be.at.least(5);
    expect(report.journeys[0]).to.include({ started: 3, notSent: report.notSent });
  });
});

describe("the latencies of many calls", () => {
  it("are told by percentile, to three digits", () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 1_000; ms++) latencies.add(ms);
    expect(latencies.report()).to.eql({ p50: 500, p90: 900, p95: 950, p99: 990, max: 1_000 });
  });

  it("are 0 of none, and an hour at the most", () => {
    const latencies = new Latencies();
    expect(latencies.report()).to.eql({ p50: 0, p90: 0, p95: 0, p99: 0, max: 0 });
    latencies.add(1e12);
    expect(latencies.report().max).to.equal(3_600_000);
  });
});

describe("the tally of a journey", () => {
  it("has failures by status and reason, and expected refusals apart", () => {
    const tally = new JourneyTally(journey(step("a")));
    const note = (status: number, reason: string, failed: boolean) => {
      tally.begin();
      tally.note({ step: "a", status, reason, failed, latencyMs: 10 });
      tally.end(!failed, 10);
    };
    note(200, "", false);
    note(503, "SERVICE_UNAVAILABLE", true);
    note(503, "SERVICE_UNAVAILABLE", true);
    note(400, "PIER_CLOSED", false);
    const { steps, ...rest } = tally.report();
    expect(rest).to.deep.include({ started: 4, succeeded: 2, failed: 2, unfinished: 0, notSent: 0 });
    expect(steps[0]).to.deep.include({ calls: 4, failed: 2, refused: 1 });
    expect(steps[0]?.ends).to.eql([
      { status: 503, reason: "SERVICE_UNAVAILABLE", failed: true, calls: 2 },
      { status: 400, reason: "PIER_CLOSED", failed: false, calls: 1 },
    ]);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
